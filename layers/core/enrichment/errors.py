"""Every error the pipeline raises on purpose, by who can do something about it.

    EnrichmentError
    ├── FileError              the file's owner: its text goes into the report, in words
    │   ├── UnknownFolder      the file lies where nothing is processed
    │   ├── BadOption          a `key=value` folder that does not exist or has an impossible value
    │   ├── BadMapping         a folder's `_columns.json` that does not map headers to fields
    │   ├── BadLimits          a folder's `_limits.json` that sets no limits
    │   ├── BadNotify          a folder's `_notify.json` that names nobody who could be told
    │   ├── UnreadableFile     not a file of rows that we can read
    │   ├── NoUsableColumns    the columns that the enrichment type needs are not there
    │   └── NoPeople           most rows look like companies or places
    ├── WebhookError           whoever posted to the webhook; dropped and counted
    │   ├── MalformedWebhook   not a JSON object
    │   ├── ForgedWebhook      no token of ours
    │   └── OversizedWebhook   larger than any result
    ├── KeyNotRead             nobody: the webhook waits in the queue until the keys are read again
    ├── Contention             nobody: others were faster each time, and it is tried again later
    ├── NotTold                nobody: an event was not taken, and is put again later
    ├── OperatorError          the operator: the action makes no sense for that job
    ├── SettingsError          the platform team: a secret or a setting is missing or wrong
    └── BrokenInvariant        us: the stored state contradicts itself

Messages of `FileError` may quote headers, folder names and a few cells of the owner's own file:
they go into its report and nowhere else. No other message carries a contact's data, a key or a
token, since all others end in logs.
"""


class EnrichmentError(Exception):
    """Base of everything the pipeline raises on purpose."""


class FileError(EnrichmentError):
    """The file cannot be processed; the message says why, and what to do, in its owner's words."""


class UnknownFolder(FileError):
    """The file lies in a folder that has no meaning."""


class BadOption(FileError):
    """A `key=value` folder names no option, or has a value that the option cannot take."""


class BadMapping(FileError):
    """The mapping of columns in a folder above the file cannot be used."""


class BadLimits(FileError):
    """The limits on credits in a folder above the file cannot be used."""


class BadNotify(FileError):
    """What a folder above the file says of who is told cannot be used."""


class UnreadableFile(FileError):
    """The content is not rows and columns that we can read."""


class NoUsableColumns(FileError):
    """The header lacks columns without which no row could be sent."""


class NoPeople(FileError):
    """The file is a list of companies or places, by what stands in its names."""


class WebhookError(EnrichmentError):
    """A webhook that is dropped without writing anything."""


class MalformedWebhook(WebhookError):
    """Not a JSON object."""


class ForgedWebhook(WebhookError):
    """No token, or one that we did not sign."""


class OversizedWebhook(WebhookError):
    """Larger than any result could be."""


class KeyNotRead(EnrichmentError):
    """A webhook's token names a signing key that may be newer than those at hand."""


class Contention(EnrichmentError):
    """A step found no moment between those of others."""


class NotTold(EnrichmentError):
    """EventBridge did not take an event; the message has its code."""


class OperatorError(EnrichmentError):
    """The action that an operator asked for cannot be carried out; the message says why."""


class SettingsError(EnrichmentError):
    """A secret or setting that the platform team must provide is missing or has the wrong shape."""


class BrokenInvariant(EnrichmentError):
    """Stored state that contradicts itself: a bug, never the user's fault."""
