"""Files whose event was lost are found in the bucket, and files of people who are to be erased are
gone on with.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket, Upload
from enrichment.adapters.starter import EraseStarter, SplitStarter
from enrichment.clock import Clock
from enrichment.domain.folder import ERASE, UPLOADS, is_erasure, is_upload, job_id
from enrichment.domain.listing import Listing, next_of
from enrichment.store.erasures import Erasures
from enrichment.store.jobs import Jobs
from enrichment.store.listings import Listings

_FOLDERS = (*UPLOADS, ERASE)


@dataclass(frozen=True)
class Found:
    """What a look started, and when the latest file was dropped that was ever seen, in epoch
    seconds; 0 where none was.
    """

    uploads: int = 0
    erasures: int = 0
    latest: int = 0


@dataclass(frozen=True)
class FindLostFiles:
    """Lists one page of the bucket at a time, of a thousand versions, each third time that it is
    asked, so that a month costs the same whatever lies there. A folder's round begins half an hour
    after the last one did, or when that is over, if it took longer.

    S3 lists by key and not by time, so there is no shorter way to what is recent.
    """

    bucket: Bucket
    listings: Listings
    jobs: Jobs
    erasures: Erasures
    split_starter: SplitStarter
    erase_starter: EraseStarter
    clock: Clock
    round: int = 30 * 60  # seconds
    pause: int = 150  # seconds between two pages; it is asked each minute
    patience: int = 5 * 60  # seconds from an upload to its job
    erase: int = 16 * 60  # seconds that a run may take which erases people

    def run(self) -> Found:
        """List the next page, if one is due, and start what was lost."""
        now = self.clock()
        listings = self.listings.of(_FOLDERS)
        started = {"uploads": 0, "erasures": 0}
        if folder := next_of(listings, now, self.round, self.pause):
            listing = listings[folder].begun(now)
            page, after = self.bucket.page_of_uploads(f"{folder}/", listing.after)
            if folder == ERASE:
                started["erasures"] = self._go_on(page, now)
            else:
                page = [upload for upload in page if is_upload(upload.key)]
                started["uploads"] = self._find(page, listing, now)
            latest = max((upload.at for upload in page), default=0)
            listings[folder] = listing.listed(now, after, latest)
            self.listings.keep(folder, listings[folder])
        return Found(latest=max(listings[folder].latest for folder in UPLOADS), **started)

    def _find(self, uploads: Iterable[Upload], listing: Listing, now: int) -> int:
        """Start those that have no job; how many that were."""
        since, found = listing.since(now, self.patience), 0
        for upload in uploads:
            if not since <= upload.at <= now - self.patience:
                continue
            if self.jobs.get(job_id(self.bucket.name, upload.key, upload.version)) is None:
                self.split_starter.start(self.bucket.name, upload.key, upload.version, upload.size)
                found += 1
        return found

    def _go_on(self, uploads: Iterable[Upload], now: int) -> int:
        """Start those erasures that nobody is at; a file is deleted once its people are erased."""
        restarted = 0
        for upload in uploads:
            erasure = job_id(self.bucket.name, upload.key, upload.version)
            is_due = upload.at <= now - self.patience and is_erasure(upload.key)
            if is_due and self.erasures.is_idle(erasure, now, self.erase):
                self.erase_starter.start(upload.key, upload.version)
                restarted += 1
        return restarted
