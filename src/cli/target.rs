//! `parallax target`.

mod check;
mod list;
mod show;

use clap::{Args, Subcommand, ValueEnum};

use super::exit::Done;

/// What `target --help` says at its end: the one place where it is documented who says what.
pub(super) const HELP: &str = "\
A configuration file holds targets by name:

    default: lab                              # meant where none is named
    targets:
      lab:
        kind: openstack                       # aws, openstack, or other
        endpoint: https://cloud.example:8788/
        region: RegionOne
        profile: lab                          # of ~/.aws/credentials: no keys are in this file
        ca: lab-ca.pem                        # beside this file, if you have an authority of your own
        image: ami-0a1b2c3d                   # found out if left out, as are instance_type and zone
        instance_type: m1.tiny
        lacks: [volumes, CreateVpnGateway]    # things or actions: cases that need them are skipped
        rate: { per_second: 10, burst: 20 }   # or just 10
        ssh_user: debian                      # who logs in to guests of the image
        reach: direct                         # guests can be reached from here; or jump; or none
      amazon: { kind: aws, region: eu-central-1, profile: sandbox }

Further keys: name, zone, vpc (default, no-default, none), quotas ({ instances: 4 }), timeout, jump
(user@host, through which guests are reached), jump_key (its file). `parallax schema config` prints the JSON Schema for editors.

The file is the one that --config or PARALLAX_CONFIG names, or ./parallax.yaml, or
parallax/parallax.yaml below $XDG_CONFIG_HOME (~/.config); only the first that is there is read.

Of everything that is said of a target, the first that says it counts:

  1. flags (--region …), and what the file says of the target that --target names
  2. PARALLAX_ENDPOINT, _REGION, _PROFILE, _IMAGE, _INSTANCE_TYPE, _ZONE, _NAME, _CA_BUNDLE, _RATE,
     _TIMEOUT, _SSH_USER, _REACH, _JUMP, _JUMP_KEY
  3. what the file says of the target that PARALLAX_TARGET names, or else of its default
  4. AWS's own: AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL, AWS_REGION, AWS_CA_BUNDLE, AWS_PROFILE and
     what the profile says of them
  5. what the target tells when it is asked: image, instance type, zone, VPCs

Who names an endpoint (--endpoint, PARALLAX_ENDPOINT) and no target means none of the file. Keys
come from where AWS's tools find them: the profile, if one is named, else AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, the default profile, and so on.";

/// Arguments of `target`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct TargetsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say in seconds what can be reached, whether clock and credentials are right, what is there, and
    /// what of the suite can run; makes nothing
    Check(Box<check::CheckArgs>),
    /// List the targets of the configuration file
    List(list::ListArgs),
    /// Show everything that is said of a target and who says it, without asking the target
    Show(Box<show::ShowArgs>),
}

/// How something is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

pub(super) fn run(args: &TargetsArgs) -> Done {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
    }
}
