"""Modules of ours find each other by the names that change with their content; what others built stays as it is."""

from pathlib import Path

import pytest

from loyalty_site.static_files import HashedStaticFiles


@pytest.fixture
def storage(tmp_path):
    (tmp_path / "offline").mkdir()
    return HashedStaticFiles(location=tmp_path, base_url="/static/")


def stored(storage, **files: str) -> dict[str, str]:
    """The files as they are served, by the names they had; and those they have, under "names"."""
    files = {f"{name.replace('__', '/')}.js": content for name, content in files.items()}
    for name, content in files.items():
        Path(storage.path(name)).write_text(content)
    list(storage.post_process({name: (storage, name) for name in files}))
    names = {name: storage.stored_name(name) for name in files}
    return {name: Path(storage.path(now)).read_text() for name, now in names.items()} | {"names": names}


def test_imports_name_the_hashed_file(storage):
    found = stored(storage, offline__one='import { a } from "./two.js";\nimport("./two.js");\n', offline__two="1;\n")

    two = found["names"]["offline/two.js"].removeprefix("offline/")
    assert two != "two.js"
    assert found["offline/one.js"] == f'import {{ a }} from "./{two}";\nimport("./{two}");\n'


def test_words_in_the_bundles_of_others_stay(storage):
    found = stored(storage, bundle='import { a } from "./missing.js";\n')

    assert found["bundle.js"] == 'import { a } from "./missing.js";\n'
