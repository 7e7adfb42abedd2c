import io
import json

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from customers.models import Customer, Import, Purchase
from loyalty_site.jobs.models import Lease
from loyalty_site.management.commands.import_csv import Command
from loyalty_site.tests import factories
from loyalty_site.tests.files import counts

pytestmark = pytest.mark.django_db

KEYS = ["rows", "accepted", "duplicates", "rejected", "customers", "new_customers", "value", "errors"]


def read(path, *options, kind="purchases", merchant="a") -> tuple[str, str]:
    """What the command writes to stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_csv", str(path), *options, merchant=merchant, kind=kind, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def written(folder, text: str):
    """A file of that text."""
    path = folder / "sales.csv"
    path.write_text(text)
    return path


def test_last_line_on_stdout_is_the_summary(shop, tmp_path):
    path = written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\nÑandú,R2,2026-01-05,oops\n")

    out, __ = read(path)

    told = json.loads(out.splitlines()[-1])
    assert list(told) == KEYS
    assert told == {
        "rows": 2,
        "accepted": 1,
        "duplicates": 0,
        "rejected": 1,
        "customers": 1,
        "new_customers": 1,
        "value": 1000,
        "errors": [
            {
                "line": 3,
                "column": "Amount",
                "value": "oops",
                "message": "This is not a number. Write it like 12.50 or 12,50, without words.",
            }
        ],
    }


def test_progress_and_columns_not_read_are_told_on_stderr(shop, tmp_path):
    path = written(tmp_path, "Customer,Receipt,Date,Amount,Weather\nC1,R1,2026-01-05,10,sunny\n")

    out, err = read(path)

    assert len(out.splitlines()) == 1
    assert err.splitlines()[-1] == "Not read: Weather"
    assert "1 of 1 rows" in err


def test_a_header_alone_is_a_table(shop, tmp_path):
    out, __ = read(written(tmp_path, "Customer,Receipt,Date,Amount\n"))

    assert json.loads(out) == {**dict.fromkeys(KEYS, 0), "errors": []}


def test_mapping_and_anonymous_are_options(shop, tmp_path):
    path = written(tmp_path, "When,Paid\n2026-01-05,10\n")

    out, __ = read(path, '--mapping={"date": "When", "amount": "Paid"}', "--anonymous=accept")

    assert json.loads(out)["accepted"] == 1
    assert Purchase.objects.get().customer is None


def test_dry_run_writes_nothing(shop, tmp_path):
    path = written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")
    before = counts()

    out, __ = read(path, "--dry-run")

    assert json.loads(out)["accepted"] == 1
    assert counts() == before


def test_kinds_of_files_are_read(shop, tmp_path):
    factories.program(shop)
    read(written(tmp_path, "Customer ID,Name\nC1,Ana\n"), kind="customers")

    out, __ = read(written(tmp_path, "Customer,Points\nC1,50\n"), kind="balances")

    assert json.loads(out)["accepted"] == 1
    assert Customer.objects.get().memberships.get().account.balance == 50


def test_the_task_is_done_and_its_lease_given_up(shop, tmp_path):
    read(written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n"))

    assert list(DBTaskResult.objects.values_list("status", flat=True)) == ["SUCCESSFUL"]
    assert not Lease.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty. Its first line must name the columns."),
        ("%PDF-1.7\n", "This is a PDF, not a CSV file. Export the data as CSV instead."),
        ("PK\x03\x04 xl/workbook.xml", "This is a spreadsheet, not a CSV file. Open it and save it as CSV first."),
    ],
)
def test_a_file_that_is_no_table_ends_with_two(shop, tmp_path, text, sentence):
    with pytest.raises(CommandError) as end:
        read(written(tmp_path, text))

    assert (str(end.value), end.value.returncode) == (sentence, 2)
    assert list(Import.objects.values_list("state", flat=True)) == ["failed"]
    assert list(DBTaskResult.objects.values_list("status", flat=True)) == ["SUCCESSFUL"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"merchant": "nobody"}, "There is no merchant 'nobody'. There are: a."),
        (
            {"kind": "referrals"},
            "Files of the kind 'referrals' cannot be read in this version. Use one of: purchases, customers, balances.",
        ),
    ],
)
def test_an_unknown_word_ends_with_two(shop, tmp_path, options, sentence):
    path = written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")

    with pytest.raises(CommandError) as end:
        read(path, **options)

    assert (str(end.value), end.value.returncode) == (sentence, 2)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{amount", 'The mapping is no JSON. Write it as {"amount": "Total paid"}.'),
        ('["amount"]', 'The mapping names a column for each field, as in {"amount": "Total paid"}.'),
        ('{"amount": 4}', 'The mapping names a column for each field, as in {"amount": "Total paid"}.'),
    ],
)
def test_a_mapping_that_is_none_ends_with_two(shop, tmp_path, mapping, sentence):
    path = written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")

    with pytest.raises(CommandError) as end:
        read(path, f"--mapping={mapping}")

    assert (str(end.value), end.value.returncode) == (sentence, 2)
    assert not Import.objects.exists()


def test_a_mapping_of_unknown_fields_ends_with_two(shop, tmp_path):
    path = written(tmp_path, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10\n")

    with pytest.raises(CommandError, match="The mapping names “price”, which an import of purchases") as end:
        read(path, '--mapping={"price": "Amount"}')

    assert end.value.returncode == 2


def test_a_file_that_is_not_there_ends_with_two(shop, tmp_path):
    path = tmp_path / "none.csv"

    with pytest.raises(CommandError) as end:
        read(path)

    assert str(end.value) == f"{path} cannot be read: No such file or directory. Check the path and the rights."
    assert end.value.returncode == 2


def test_a_folder_ends_with_two(shop, tmp_path):
    with pytest.raises(CommandError) as end:
        read(tmp_path)

    assert str(end.value) == f"{tmp_path} cannot be read: Is a directory. Check the path and the rights."
    assert end.value.returncode == 2


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_shell_sees_two_and_a_sentence_without_a_traceback(shop, tmp_path, capsys):
    path = written(tmp_path, "")

    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "import_csv", "--merchant", "a", "--kind", "purchases", str(path)])

    told = capsys.readouterr()
    assert end.value.code == 2
    assert (told.out, told.err) == ("", "Unreadable: The file is empty. Its first line must name the columns.\n")
