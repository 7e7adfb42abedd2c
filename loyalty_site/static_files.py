"""Static files under names that change with their content, our own JavaScript modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Modules that import each other find each other by the hashed names too.

    Ours only: Django can do it for every file, but then words in bundles that others built look like imports.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "offline/*.js",
            (
                (r"""(?P<matched>from "(?P<url>\./\w+\.js)";)""", 'from "%(url)s";'),
                (r"""(?P<matched>import\("(?P<url>\./\w+\.js)"\))""", 'import("%(url)s")'),
            ),
        ),
    )
