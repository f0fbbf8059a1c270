#!/bin/sh
# A workspace module's start script, run on every boot: starts the agent under agentapi, or goes on with its
# conversation, and returns when the chat answers. ARG_AGENT, ARG_WORKDIR and ARG_AI_PROMPT (base64) come from the
# template.
set -eu

exec agentlaunch "$ARG_AGENT" --detach --wait-ready 60 --unattended --allow-all \
    --workdir "$ARG_WORKDIR" --prompt-base64-env ARG_AI_PROMPT --module-dir "$HOME/.$ARG_AGENT-module"
