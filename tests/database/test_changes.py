"""Changes of documents: found by the transactions that made them, in whatever order these commit."""

from billfold.database.changes import changes_since, present
from tests.database.connecting import open_connection
from tests.factories_rows import add_document


async def test_a_change_that_commits_late_is_found_and_each_change_once(database: str) -> None:
    early, late = await open_connection(database), await open_connection(database)
    one, other = await add_document(early), await add_document(early)
    begun = await present()

    slow = late.transaction()
    await slow.start()
    await late.execute("UPDATE documents SET is_hidden = true WHERE id = $1", one)
    new = await add_document(early)
    await early.execute("UPDATE documents SET step = 'PRINT' WHERE id = $1", other)
    before = await changes_since(begun.until, 10)
    nothing = await changes_since(before.until, 10)
    await slow.commit()
    after = await changes_since(nothing.until, 10)
    at_last = await changes_since(after.until, 10)
    await early.close()
    await late.close()

    assert before.ids == [new, other]
    assert nothing.ids == []
    assert after.ids == [one]
    assert at_last.ids == []


async def test_what_was_rolled_back_is_no_change_and_no_more_are_given_than_asked_for(database: str) -> None:
    connection = await open_connection(database)
    documents = [await add_document(connection) for _ in range(4)]
    begun = await present()

    undone = connection.transaction()
    await undone.start()
    await connection.execute("UPDATE documents SET step = 'PRINT'")
    await undone.rollback()
    nothing = await changes_since(begun.until, 10)
    for document in documents:
        await connection.execute("UPDATE documents SET step = 'PRINT' WHERE id = $1", document)
    some = await changes_since(nothing.until, 2)
    await connection.close()

    assert nothing.ids == []
    assert some.ids == documents[:3]
