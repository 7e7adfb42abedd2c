"""What imports alone cannot show: names in strings and templates that would look upward."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HEIGHT = {"merchants": 0, "customers": 1, "rewards": 2, "segments": 3, "surveys": 3, "jobs": 4, "loyalty_site": 4}


def test_foreign_keys_point_down_or_stay():
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in HEIGHT
        for field in model._meta.fields
        if field.remote_field and HEIGHT.get(field.related_model._meta.app_label, -1) > HEIGHT[model._meta.app_label]
    ]

    assert upward == []


def test_only_the_site_includes_urlconfs():
    including = [
        str(path.relative_to(ROOT))
        for folder in ("loyalty_site", "segments", "rewards", "customers")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\binclude\(", path.read_text()) and "tests" not in path.parts
    ]

    assert including == ["loyalty_site/urls.py"]


def test_no_template_carries_script_or_style():
    inline = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"<style|\bstyle=|<script(?![^>]*\bsrc=)|\bon[a-z]+=|hx-on", path.read_text())
    ]

    assert inline == []
