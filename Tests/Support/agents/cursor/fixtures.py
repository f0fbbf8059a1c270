"""Makes the project's own Cursor homes in `Tests/Fixtures/cursor`."""

import json
import os

from agents.cursor.double import field
from agents.cursor.store import AT, OTHER, OURS, folder, left, talk
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("cursor")


@case("cold")
def directories_like_ours(home):
    """the folder's name is the digest of the whole path: no other directory's chat counts"""
    for number, path in enumerate(["/home/coder", WORKDIR + "/sub", WORKDIR + "/", "/"]):
        place = folder(home, OURS[:-1] + str(number), path)
        if path.endswith("project/"):  # not what is digested: a path has no slash at its end
            place = home / ".cursor/chats/42d6f55b3f2dfc4d76134756d7aa6f82" / OURS
        left(home, talk, directory=path, place=place)


@case("cold")
def created_and_never_used(home):
    """`create-chat` of a release without meta.json: resumable, and nobody said anything"""
    left(home, lambda chat: chat.describe())


@case("cold")
def opened_only(home):
    """what the CLI tells the model is there, nothing that somebody said"""
    def work(chat):
        chat.add("system", "You are an agent.", AT)
        chat.write_meta(hasConversation=False)

    left(home, work)


@case("unknown")
def log_lost_with_every_table(home):
    """a copy without the write-ahead log in which the tables were"""
    left(home, talk, keep=("",), tables_in_log=True)


@case("unknown")
def rows_lost_with_the_log(home):
    """meta.json says that there was a conversation, the database has none: it was in the log that is lost"""
    left(home, talk, keep=("",))


@case("unknown")
def log_without_its_database(home):
    """the copy lost the database and kept its write-ahead log"""
    left(home, talk, keep=("-wal",))


@case("cold")
def transcript_only(home):
    """the transcript's mirror is nothing that can be resumed"""
    path = home / f".cursor/projects/home-coder-project/agent-transcripts/{OURS}/{OURS}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"role": "user", "message": {"content": [
        {"type": "text", "text": "<user_query>\nExplain the parser.\n</user_query>"}]}}) + "\n")


@case("cold")
def editors_session_only(home):
    """a session over the editors' protocol is kept elsewhere, and the CLI does not resume it"""
    left(home, talk, place=home / ".cursor/acp-sessions" / OURS)


@case("unknown")
def description_file_torn(home):
    """it does not tell any more whether this is a sub-agent's chat"""
    place = left(home, talk)
    os.truncate(place / "meta.json", 60)


@case("unknown")
def newest_state_missing(home):
    """the description names a blob that is not there"""
    def work(chat):
        talk(chat)
        chat.database.execute("DELETE FROM blobs WHERE id = ?", (chat.root,))

    left(home, work)


@case("unknown")
def messages_that_no_state_names(home):
    """messages are there, and the description names no state"""
    def work(chat):
        talk(chat, meta=False)
        chat.root = ""
        chat.describe()

    left(home, work)


@case("unknown")
def description_of_garbage(home):
    """neither JSON nor its hexadecimal digits"""
    def work(chat):
        talk(chat)
        chat.database.execute("UPDATE meta SET value = 'zz' || value")

    left(home, work)


@case("unknown")
def another_schema(home):
    """a database without the tables that are known"""
    def work(chat):
        talk(chat)
        chat.database.execute("ALTER TABLE blobs RENAME TO objects")

    left(home, work)


@case("cold")
def names_that_are_no_ids(home):
    """no name but an id's in small letters reaches a command line"""
    for name in ("-p", "--resume", OURS.upper(), OURS + "x", "..." + OURS[3:], "login"):
        left(home, talk, place=folder(home, name))


@case("unknown")
def chats_is_a_file(home):
    """something else stands where the chats should be"""
    (home / ".cursor").mkdir()
    (home / ".cursor/chats").write_text("")


@case("unknown")
def dangling_link(home):
    """the volume with the chats is not mounted"""
    (home / ".cursor").mkdir()
    (home / ".cursor/chats").symlink_to("/nowhere/chats")


@case("unknown")
def database_is_a_directory(home):
    """something else stands where the database should be"""
    place = folder(home)
    (place / "store.db").mkdir(parents=True)
    (place / "store.db/.keep").touch()


@case("cold", environment={"CURSOR_CONFIG_DIR": "$HOME/other"})
def another_folder_named(home):
    """CURSOR_CONFIG_DIR names the folder: what is in the usual ones would not be found"""
    left(home, talk)


@case("warm", ids=[OURS], environment={"CURSOR_CONFIG_DIR": "$HOME/other"})
def folder_named(home):
    """CURSOR_CONFIG_DIR"""
    left(home, talk, place=folder(home, CURSOR_CONFIG_DIR=str(home / "other")))
    left(home, lambda chat: talk(chat, AT + 90000), OTHER)


@case("warm", ids=[OURS], environment={"XDG_CONFIG_HOME": "$HOME/settings"})
def settings_folder_moved(home):
    """XDG_CONFIG_HOME"""
    left(home, talk, place=folder(home, XDG_CONFIG_HOME=str(home / "settings")))


@case("warm", ids=[OURS])
def in_both_roots(home):
    """an update moved the folder: the one chat is in both"""
    left(home, talk, place=folder(home, XDG_CONFIG_HOME=str(home / ".config")))
    left(home, lambda chat: talk(chat, AT + 9000))


@case("warm", ids=[OTHER])
def newest_of_two(home):
    """by what is in the chats, in two roots"""
    left(home, talk)
    left(home, lambda chat: talk(chat, AT + 90000), OTHER,
         place=folder(home, OTHER, XDG_CONFIG_HOME=str(home / ".config")))


@case("warm", ids=[OURS])
def killed_before_the_description_file(home):
    """everything is in the log, and there is no meta.json yet"""
    left(home, lambda chat: talk(chat, meta=False), tables_in_log=True)


@case("warm", ids=[OURS])
def description_file_behind(home):
    """the database is the truth: meta.json was not written any more"""
    left(home, lambda chat: talk(chat, hasConversation=False))


@case("warm", ids=[OURS])
def nodes_in_nodes(home):
    """messages below further nodes"""
    def work(chat):
        talk(chat, meta=False)
        inner = chat.blob(b"".join(field(1, child) for child in chat.children))
        chat.root = chat.blob(field(1, bytes.fromhex(inner)) + field(26, AT))
        chat.describe()

    left(home, work)


@case("warm", ids=[OURS])
def messages_of_another_form(home):
    """a newer release's messages: somebody may have said them"""
    def work(chat):
        message = chat.blob(b"\x7f a form that is not known")
        chat.root = chat.blob(field(1, bytes.fromhex(message)) + field(26, AT))
        chat.describe()

    left(home, work)


@case("warm", ids=[OURS])
def torn_tail_after_our_message(home):
    """the crash cut a later transaction: evidence, no doubt"""
    def work(chat):
        talk(chat)
        chat.database.execute("COMMIT")
        chat.database.execute("BEGIN")
        chat.query("and then?", AT + 5000)

    place = left(home, work)
    os.truncate(place / "store.db-wal", (place / "store.db-wal").stat().st_size - 500)


if __name__ == "__main__":
    case.main()
