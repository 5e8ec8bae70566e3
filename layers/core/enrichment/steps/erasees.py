"""Reading who is to be erased."""

from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.domain.erasees import Erasee, traces_of
from enrichment.domain.limits import Limits
from enrichment.domain.mapping import ByMapping
from enrichment.files.opening import opened
from enrichment.steps.erasing_files import RowReader


@dataclass(frozen=True)
class ReadErasees:
    """Reads a file of people who are to be erased. `limits` are those of every file."""

    bucket: Bucket
    limits: Limits

    def run(self, key: str, version: str) -> list[Erasee]:
        """The people of a version; none where it is gone.

        Raises:
            FileError: it cannot be read as rows.
        """
        stream = self.bucket.read(key, version)
        if stream is None:
            return []
        with opened(stream, self.limits, ByMapping()) as file:
            sheet = file.sheet
            reader = RowReader(sheet, sheet.found.columns)
            # A list of addresses alone has no header: what looks like one may be somebody.
            first = Erasee(sheet.layout.header_row, traces_of(list(sheet.header), {}))
            rows = [
                Erasee(row.number, reader.of(row, [*row.cells, *row.links.values()]))
                for row in sheet
            ]
        return [*([first] if first.has_own_mark else []), *rows]
