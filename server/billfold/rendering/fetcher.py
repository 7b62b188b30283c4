"""The fetcher: what WeasyPrint may read while it prints.

Only the press's children import it, for WeasyPrint takes 0.8 s to load.
"""

from urllib.parse import unquote

from weasyprint.urls import URLFetcher, URLFetcherResponse

from billfold.domain.errors import TemplateFailed
from billfold.rendering.assets import Assets

SCHEME = "asset:"


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types.
    """Fetches `data:` URIs and assets of the templates; every other URL is refused and noted in `refused`."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self._assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Give the content of a `data:` or `asset:` URI. Raises TemplateFailed or ValueError, noted, for any other."""
        try:
            if url.startswith(SCHEME):
                return URLFetcherResponse(url, self._assets.read(unquote(url.removeprefix(SCHEME))))
            return super().fetch(url, headers)
        except (TemplateFailed, ValueError, OSError):
            self.refused.append(url[:100])
            raise
