"""The DynamoDB table: the one truth about jobs, batches and results.

    pk                      sk               item
    JOB#<job>               JOB              a job
    JOB#<job>               READING          how its file was read
    PLAN#<job>#<plan>       BATCH#<number>   a batch of one plan; the job says which plan counts
    RESULT#<job>#<batch>    ROW#<row>        one contact's result, as it came
    ASIDE#<job>             <digest>         a genuine webhook that is not its row's result
    BUDGET#<month>          BUDGET           credits and what was found in a calendar month
    BUDGET#<month>          FILE#<key>#<job> the part of one job in it
    CONTENT#<digest>        CONTENT          the job that pays for a content, so that no other does
    PERSON#<keyed hash>     PERSON           the row that is sent for a person, so that no other is
    ERASURE#<erasure>       ERASURE          an erasure that is at work, or was
    LISTING                 <folder>         how far the sweeper has listed a folder of the bucket

Results are keyed by (job, batch) so that writes spread over partitions and compiling needs one
query a batch. Batches are keyed by plan, so that two runs over the same file never touch each
other's. The sparse index `open-jobs` holds the jobs that still need the sweeper, `recent-jobs` all
jobs by the month and time of their beginning, with what a list says of them. Every item but the
budgets expires by TTL after the retention time, and is read as absent from then on.

Every change of state is conditional on the states from which it is allowed (`BATCH_TRANSITIONS`,
`JOB_TRANSITIONS`).

jobs       one version of one uploaded file, and its states
batches    one request to the provider, and its states
results    what came back for each contact; results_by_batch reads it for a compilation
budget     credits of a calendar month
movements  how steps of batches change these, and what their job counts
contents   which job pays for which content
persons    which row is sent for which person
erasures   which erasures are at work
listings   how far folders of the bucket have been listed
fixes      which files brought rows of a job home
items      how all of them become items
attributes values in DynamoDB's types
table      how items are read and written
"""
