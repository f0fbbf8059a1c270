#!/bin/sh
# A workspace module's stop script: agentapi saves its chat, the agent ends, and nothing of them is left.
set -eu

exec agentlaunch stop "$ARG_AGENT" --workdir "$ARG_WORKDIR"
