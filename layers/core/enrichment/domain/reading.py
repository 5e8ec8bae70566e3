"""How the file of a job was read."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from enrichment.domain.columns import Columns
from enrichment.domain.found import Found
from enrichment.domain.layout import FileFormat, Layout


class Reading(BaseModel):
    """How a file was read, so that it is read the same way again and answered in kind: its layout,
    what its columns were taken for, and `width`, the number of cells of its widest row.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    layout: Layout
    found: Found = Found()
    width: int = 0

    @property
    def columns(self) -> Columns:
        """The positions of each field's columns, from 0."""
        return self.found.columns

    @model_validator(mode="before")
    @classmethod
    def _from_earlier_versions(cls, stored: Any) -> Any:
        """Read what earlier versions stored.

        Plan version 1 knew the `dialect` of a CSV file in UTF-8 in place of a layout. Until 0.3
        there was one position for each field, as `columns`.
        """
        if not isinstance(stored, dict):
            return stored
        if "columns" in stored and "found" not in stored:
            taken = [{"field": name, "position": at} for name, at in stored["columns"].items()]
            stored = {**stored, "found": {"taken": taken}}
        if stored.get("dialect"):
            stored = {**stored, "layout": {"format": FileFormat.CSV, **stored["dialect"]}}
        return stored
