"""The way of a file through the pages, as a browser would go it: for the tests of the imports' pages."""

import csv
import io
import re
import threading

from django.core.files.uploadedfile import SimpleUploadedFile

from loyalty_site.jobs import worker

SALES = "Customer,Receipt,Date,Amount\n1,A,2024-01-31,12.50\n2,B,2024-02-01,7.25\n"
BAD = "Customer,Receipt,Date,Amount\n1,A,2024-01-31,12.50\n2,B,2024-02-31,7.25\n,C,2024-02-01,abc\n"
HTMX = {"HX-Request": "true"}


def upload(client, text, *, name="sales.csv", kind="purchases", **fields):
    content = text.encode() if isinstance(text, str) else text
    return client.post("/m/a/imports/new/", {"file": SimpleUploadedFile(name, content), "kind": kind, **fields})


def sent(client, text, **fields):
    """The address of a file that was sent and is to be checked."""
    response = upload(client, text, **fields)
    assert response.status_code == 302, said(response)
    return response["Location"].removesuffix("check/")


def work():
    worker.work(once=True, stop=threading.Event())


def as_shown(client, url):
    """The fields of the check page as a browser would send them back untouched."""
    form = client.get(f"{url}check/").context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def rehearse(client, url, **changes):
    response = client.post(f"{url}check/", {**as_shown(client, url), "rehearse": "1", **changes})
    assert response["Location"] == url
    work()


def imported(client, text, **fields):
    """The address of a file that was sent, tried out and recorded."""
    url = sent(client, text, **fields)
    rehearse(client, url)
    client.post(f"{url}start/")
    work()
    return url


def said(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def downloaded(client, url):
    response = client.get(f"{url}left-out.csv")
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def as_file(rows):
    """Rows as a spreadsheet saves them."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return "\ufeff" + text.getvalue()
