"""A stand-in for Pronto that implements `docs/contract.md` in full over real HTTP.

`contract.py` holds the rules as pure functions, `behaviour.py` what a run may set, `chance.py` what
then happens to whom, `account.py` the credits and the webhooks, `turns.py` the five at a time,
`service.py` the HTTP. It shares no code with the pipeline, so that a mistake in one shows against
the other.

What is known and what is assumed, in one place. [S], [D], [V] and [F] are the contract's standings:
specification, public documentation, the provider's own clients, and a report from the field.

Known, and kept to the letter:
  - `X-API-KEY` [S]; bulk answers 202 with an `enrichment_id`, single with `status: pending` and the
    names [S, D].
  - 2 to 100 contacts, one enrichment type, names always, a domain or company for e-mail, a LinkedIn
    URL for the other types; one bad contact rejects the whole batch with 422 and nothing is
    enqueued [S, D].
  - Consent for personal e-mails, and credits checked up front for the whole batch, both 422 with
    the documented words [S, D].
  - E-mails cost 3 credits and phones 30 [V]; the public pages disagree [D].
  - No idempotency key: the same batch sent twice is charged twice [D].
  - 5 requests at a time, more are queued [D].
  - One webhook for each contact as it finishes, echoing `custom` [S], with the fields of the polled
    result [D]; no signature.
  - `GET /contacts/<id>` for single enrichments only, `pending` and then `finished` whether or not
    anything was found [D].
  - Optional countries, `phone_country_codes`, for every contact of a batch; left out, the account's
    default [S, V]. They come first; a number of another country may come, and is charged [V, F].
  - Charged is only what is found, and each phone number of its own: up to five of a contact [V, F].
    More numbers may be billed than results show [F]; see `behaviour.py`.
  - Reading a finished result again is free [F].
  - Errors also come as `{"errors": ["…"]}`, a key may be answered 403, and a limit of the plan
    refuses every batch with 422 [V]; each is a setting in `behaviour.py`.
  - Several balances in `GET /credits`, of which the one of enrichment counts, and `GET /account`
    [V, F].

Assumed [A], each to be changed here when a live account teaches otherwise:
  - Requests. What is limited to 5 at a time is requests being answered, so a queued one gets its
    202 later; enrichments that were accepted run side by side. `webhook_url` is required by both
    endpoints. Texts and `custom` may be null, which counts as left out; anything else of a wrong
    JSON type is invalid. Unknown fields are ignored.
  - Countries. The codes are upper-case ISO 3166-1; an empty list counts as left out, and this
    account's default is no preference. A contact who has numbers of the countries gets these alone;
    one who has none gets one of another country.
  - Answers. Single answers 202, as bulk does. Validation errors look like `{"error": 422,
    "message": "…"}`; what is not a JSON object is 400, a bad key 401, an unknown or a bulk id 404,
    too fast 429 with `Retry-After`. `GET /credits` is free.
  - Credits. A batch is accepted if the balance covers one thing for each of its contacts, beside
    those of accepted batches whose results are still to be made. Each result is charged as it is
    made, whether or not it can be delivered. So the balance falls below 0 if contacts have more
    numbers than that. A personal e-mail costs 30 credits.
  - Results. What was asked for and not found is null with the status `N/A`; for phones it is an
    empty list. What was not asked for is absent. Phones come as today's pages show them, a list of
    strings, unless another of the documented shapes is set. They are there within a second; the
    provider takes up to 25 s for an e-mail and 30 s for a phone [V].
  - Webhooks. One that is answered with anything but 2xx is not repeated; the faults in
    `behaviour.py` may happen.
"""
