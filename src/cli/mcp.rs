//! `tiramisu mcp`

mod call;
mod message;
mod property;
mod server;
mod tool;

use std::io;

use clap::{Args as ClapArgs, CommandFactory};

use super::arguments::Arguments;
use super::{Args, Console, Interrupted, Outcome, interrupt};
use server::{End, Server};
use tool::tools_of;

/// Serves the verbs to a program that asks for tools, such as an assistant: the Model Context Protocol on standard input and
/// output.
///
/// Every verb that can answer in JSON is a tool, with the arguments that it has on the command line: `networks list` is
/// `networks_list`. Unless --allow-writing is given, these are only the verbs and arguments that change nothing: no workspace,
/// and no other file. A workspace that needs repair stays as it is, and the answer says so.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu mcp                          started by the program that asks, not by hand
  tiramisu mcp --allow-writing

As most of these programs are told of it, in JSON:
  {\"mcpServers\": {\"tiramisu\": {\"command\": \"tiramisu\", \"args\": [\"mcp\"]}}}

The protocol's version is 2025-06-18; older ones back to 2024-11-05 are understood.")]
pub struct McpArgs {
    /// Serve also the verbs and arguments that write: into workspaces, and files wherever they are told to
    #[arg(long)]
    allow_writing: bool,
}

impl Arguments for McpArgs {
    fn wants_json(&self) -> bool {
        false
    }

    fn what_stays(&self) -> &'static str {
        "What was being asked was ended; everything committed so far is saved."
    }

    fn run(&self, _: &mut Console) -> anyhow::Result<Outcome> {
        interrupt::listen();
        let program = std::env::current_exe()?;
        let server = Server::new(tools_of(Args::command(), self.allow_writing), program);
        match server.serve(io::stdin())? {
            End::NothingMoreAsked => Ok(Outcome::Done),
            End::Stopped => Err(Interrupted.into()),
        }
    }
}
