"""`python -m mispredict`: the command."""

from mispredict.cli.main import main

if __name__ == "__main__":
    main()
