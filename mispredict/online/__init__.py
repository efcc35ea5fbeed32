"""What a service puts around its predict function: a log of what it was asked and answered, and figures to scrape.

Nothing here needs another package, but for Parquet files (pyarrow) and metrics (prometheus-client).
"""

from mispredict.online.files import Rotation
from mispredict.online.recorder import Counts, Recorder

__all__ = ["Counts", "Recorder", "Rotation"]
