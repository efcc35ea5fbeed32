import pandas as pd
import pytest

from mispredict.bad_input import TableRefused
from mispredict.investigation.spec import DataSpec
from mispredict.tables import table_of
from mispredict.tables.roles import check_columns, readable, roleless, roles_of

ROWS = pd.DataFrame({"is_fraud": [0, 1], "amount": [1.0, 2.0], "note": ["a", "b"], "vector": [[1.0], [2.0]]})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DataSpec("", "is_fruad", embedding="vector"), r"no column 'is_fruad' \(nearest: 'is_fraud'\), which target"),
        (DataSpec("", "is_fraud", cost="Amount", embedding="vector"), r"'Amount' \(nearest: 'amount'\), which cost"),
        (DataSpec("", "is_fraud", features=("amont",), embedding="vector"), r"\(nearest: 'amount'\), which features"),
        (DataSpec("", "is_fraud", available_at={"amount": "when"}, embedding="vector"), "'when', which available_at"),
        (DataSpec("", "is_fraud"), "lists or structs in 'vector'"),
        (DataSpec("", "is_fraud", embedding="amount", exclude=("vector",)), "the embedding 'amount' is double"),
    ],
)
def test_columns_that_are_not_there_are_named_with_the_nearest(data: DataSpec, message: str) -> None:
    with pytest.raises(TableRefused, match=message):
        check_columns(table_of(ROWS), data)


def test_what_has_no_role_may_be_a_feature() -> None:
    table = table_of(ROWS)
    data = DataSpec("", "is_fraud", embedding="vector", display=("note",))
    check_columns(table, data)
    assert roleless(table.schema, data) == ("amount",)
    assert readable(table.schema, data) == ["is_fraud", "amount", "note"]
    assert roles_of(data) == {"note": "display", "vector": "embedding", "is_fraud": "target"}
