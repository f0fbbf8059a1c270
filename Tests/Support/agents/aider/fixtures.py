"""Makes the project's own Aider homes in `Tests/Fixtures/aider`."""

import hashlib
from pathlib import Path

from agents.aider.double import NAME, History
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("aider")


def own(home, name="chat.md", conversation="default", workdir=WORKDIR):
    """A file of the conversation's own directory."""
    digest = hashlib.sha256(workdir.encode()).hexdigest()[:16]
    return home / f".local/state/agentlaunch/aider/{conversation}-{digest}" / name


def talk(file, *turns):
    history = History(file)
    history.start()
    for text in turns or ("Explain the parser.",):
        history.ask(text)
        history.answer("It reads one line at a time.")
    return history


@case("cold", project=True)
def a_mere_start(home, project):
    """the file is there after a start, also after `--exit`"""
    History(project / NAME).start()


@case("cold", project=True)
def many_starts(home, project):
    """nobody ever said anything"""
    for number in range(5):
        History(project / NAME).start(f"2026-11-21 02:0{number}:00")


@case("cold", project=True)
def empty_file(home, project):
    """a file of 0 bytes"""
    (project / NAME).touch()


@case("cold", project=True)
def commands_only(home, project):
    """slash and shell commands that the model never saw"""
    history = History(project / NAME)
    history.start()
    for text in ("/add src/lib.rs", "/tokens", "!ls", "/exit"):
        history.ask(text)
        history.note("done")


@case("cold", project=True)
def return_only(home, project):
    """Return alone is noted as a message of its own"""
    history = History(project / NAME)
    history.start()
    history.ask("")
    history.ask("")
    history.append("\n####   \n")


@case("warm", project=True, file="project/.aider.chat.history.md")
def a_command_that_was_answered(home, project):
    """/ask is a question to the model"""
    talk(project / NAME, "/ask what does the parser do?")


@case("warm", project=True, file="project/.aider.chat.history.md")
def killed_after_a_command(home, project):
    """the message before the command counts"""
    history = talk(project / NAME)
    history.ask("/exit")


@case("unknown", project=True)
def not_text(home, project):
    """one byte that is not UTF-8: Aider would begin without all of it"""
    file = talk(project / NAME).file
    file.write_bytes(file.read_bytes().replace(b"reads", b"re\xffds"))


@case("unknown", project=True)
def of_another_encoding(home, project):
    """written with another --encoding"""
    file = talk(project / NAME).file
    file.write_bytes(file.read_text().encode("utf-16"))


@case("unknown", project=True)
def answers_to_nobody(home, project):
    """text, and nobody said anything: what was said may be lost"""
    file = talk(project / NAME).file
    file.write_text(file.read_text().replace("#### ", "###- "))


@case("unknown", project=True)
def zeros(home, project):
    """blocks of NULs: what a crash of the machine leaves"""
    (project / NAME).write_bytes(bytes(4096))


@case("unknown", project=True)
def history_is_a_directory(home, project):
    """something else stands where the history should be"""
    (project / NAME).mkdir()
    (project / NAME / ".keep").touch()


@case("unknown", project=True)
def dangling_link(home, project):
    """the volume with the history is not mounted"""
    (project / NAME).symlink_to("/nowhere/history.md")


@case("cold", project=True)
def other_files_of_aider(home, project):
    """what was typed, and caches, are no conversation"""
    (project / ".aider.input.history").write_text("\n# 2026-11-21 02:40:11\n+Explain the parser.\n")
    talk(project / ".aider.chat.history.md.bak")
    (project / ".aider.tags.cache.v4").mkdir()
    (project / ".aider.tags.cache.v4/cache.db").touch()


@case("cold", project=True)
def above_and_below(home, project):
    """without a repository no other directory's history is ours"""
    talk(home / NAME)
    talk(project / "sub" / NAME)


@case("cold", project=True, environment={"AIDER_CHAT_HISTORY_FILE": "notes.md"})
def another_file_named(home, project):
    """AIDER_CHAT_HISTORY_FILE names the project's history"""
    talk(project / NAME)


@case("warm", project=True, environment={"AIDER_CHAT_HISTORY_FILE": "notes.md"}, file="project/notes.md")
def file_named(home, project):
    """AIDER_CHAT_HISTORY_FILE"""
    talk(project / "notes.md")


@case("warm", project=True, file="project/our notes.md")
def file_named_by_the_configuration(home, project):
    """.aider.conf.yml names the project's history; the directory's wins over the home's"""
    (home / ".aider.conf.yml").write_text("chat-history-file: other.md\n")
    (project / ".aider.conf.yml").write_text("# ours\ndark-mode: true\nchat-history-file: \"our notes.md\"  # kept\n")
    talk(project / "our notes.md")


@case("cold", project=True)
def another_file_named_by_the_configuration(home, project):
    """.aider.conf.yml of the home: what lies at the usual place is not read"""
    (home / ".aider.conf.yml").write_text("chat-history-file: notes.md\n")
    talk(project / NAME)


@case("warm", project=True, environment={"AIDER_CHAT_HISTORY_FILE": "other.md"}, file="project/notes.md")
def file_named_by_a_dot_env(home, project):
    """.env wins over the environment"""
    (home / ".env").write_text("OPENAI_API_KEY=x\nexport AIDER_CHAT_HISTORY_FILE='notes.md'\n")
    talk(project / "notes.md")


@case("warm", file=str(own(Path("home"))))
def our_own(home):
    """the file that a start before this one was told to keep"""
    talk(own(home))


@case("cold")
def our_own_started_only(home):
    """killed before the prompt came"""
    History(own(home)).start()


@case("warm", file=str(own(Path("home"), "chat-2.md")))
def the_second_of_our_own(home):
    """the highest with a message; one above it was only started"""
    talk(own(home))
    talk(own(home, "chat-2.md"), "Something else.")
    History(own(home, "chat-3.md")).start()


@case("unknown")
def the_newest_of_our_own_is_not_text(home):
    """an older one is whole, but it is not the conversation"""
    talk(own(home))
    file = talk(own(home, "chat-2.md")).file
    file.write_bytes(b"\xff" + file.read_bytes())


@case("cold")
def names_like_our_own(home):
    """no other name is a chat of ours"""
    for name in ("chat-1.md", "chat-02.md", "chat-2.md.bak", "Chat.md", "chat-.md", "chat--2.md", "chat.markdown"):
        talk(own(home, name))


@case("cold")
def of_another_name(home):
    """--session other has a directory of its own"""
    talk(own(home, conversation="other"))


@case("cold")
def of_another_directory(home):
    """as has another directory"""
    talk(own(home, workdir="/home/coder/other"))


@case("unknown")
def our_own_is_a_directory(home):
    """something else stands where the chat should be"""
    own(home).mkdir(parents=True)
    (own(home) / ".keep").touch()


if __name__ == "__main__":
    case.main()
