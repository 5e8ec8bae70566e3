"""A stand-in for Pronto that implements `contract.md` in full over real HTTP.

What is known and what is assumed, in one place. [S] and [D] are the contract's standings: specification and public documentation.

Known, and kept to the letter:
  - `X-API-KEY` [S]; bulk answers 202 with an `enrichment_id`, single with `status: pending` and the names [S, D].
  - 2 to 100 contacts, one enrichment type, names always, a domain or company for e-mail, a LinkedIn URL for the other types;
    one bad contact rejects the whole batch with 422 and nothing is enqueued [S, D].
  - Consent for personal e-mails, and credits checked up front for the whole batch, both 422 with the documented words [S, D].
  - No idempotency key: the same batch sent twice is charged twice [D].
  - 5 requests at a time, more are queued [D].
  - One webhook for each contact as it finishes, echoing `custom` [S], with the fields of the polled result [D]; no signature.
  - `GET /contacts/<id>` for single enrichments only [D]; `GET /credits` is free.

Assumed, each to be changed here when a live account teaches otherwise:
  - Credits are taken for every contact of an accepted batch, whether or not anything is found [A].
  - Validation errors look like `{"error": 422, "message": "…"}`, bad JSON is 400, a bad key 401, too fast 429 with
    `Retry-After` [A].
  - `GET /credits` answers `{"credits": n}` [A]. The country field is called `phone_country_codes` [A].
  - A country restriction drops phone numbers of other countries, and nothing else [A].
  - A webhook that is answered with anything but 2xx is not repeated; the undocumented faults in `behaviour.py` may happen [A].
"""
