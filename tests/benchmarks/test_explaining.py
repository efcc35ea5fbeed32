from benchmarks.explaining import Bench, measure


def test_the_table_has_a_row_for_every_figure_and_exact_ones_agree():
    rows = {row["what"]: row for row in measure(Bench(trees=4, depth=3, rows=20, rounds=1))}
    assert {"walk, one row, forest of 4 trees", "... LIME / these two", "... own / the fastest of these"} <= set(rows)
    for what in ("... largest difference between the two", "... largest difference from pred_contrib"):
        assert rows[what]["figure"] < 1_000  # in 1e-9
