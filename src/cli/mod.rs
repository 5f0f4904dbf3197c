//! The command line: one file for each subcommand.

mod args;
mod check;
mod compare;
mod coverage;
mod distil;
mod exit;
mod explain;
mod explain_code;
mod files;
mod gating;
mod guideline;
mod index;
mod judge;
mod judging;
mod list;
mod marks;
mod merge;
mod out;
mod policy;
mod record;
mod report;
mod resume;
mod review;
mod run;
mod schema;
mod shapes;
mod show;
mod sign;
mod signals;
mod sweep;
mod target;
mod times;
mod upload;
mod verify;
mod waive;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::out::note;
pub use exit::Exit;

/// Measures how far a cloud is from AWS EC2.
///
/// Cases run the same EC2 calls that were recorded or documented for AWS against a cloud; answers
/// and behaviour are held against AWS's by four layers: AWS's own SDK, AWS's API model, statistics
/// over recordings of AWS, and a baseline for each step with its source.
#[derive(Debug, Parser)]
#[command(name = "parallax", version, after_help = exit::HELP, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run cases on a cloud and report; without --endpoint, show the bundled recording
    Run(Box<run::RunArgs>),
    /// Put the parts of a run together that were run with --shard
    Merge(merge::MergeArgs),
    /// Record what AWS, or a stand-in, does in the cases, and distil baselines from it
    Record(Box<record::RecordArgs>),
    /// Decide about recordings that show another behaviour than those before
    Review(review::ReviewArgs),
    /// Distil all recorded baselines again from their recordings
    Distil(distil::DistilArgs),
    /// Find and remove what a run left that was killed, or could not undo everything
    Sweep(Box<sweep::SweepArgs>),
    /// Judge a stored run again, without any network
    Judge(judge::JudgeArgs),
    /// Show the report of a stored run
    Report(report::ReportArgs),
    /// Draft waivers: differences that are known and accepted until a date
    Waive(waive::WaiveArgs),
    /// Sign a judged run: one file that others can check and judge again
    Sign(sign::SignArgs),
    /// Check a signed run: whose it is, that nothing was changed, and that its verdicts follow
    Verify(verify::VerifyArgs),
    /// Put results side by side: clouds, releases, or runs of one cloud
    Compare(compare::CompareArgs),
    /// Hand a run in at a server that shows results: RefStack, or a monitor of Sovereign Cloud Stack
    Upload(upload::UploadArgs),
    /// Write the table of published results
    Index(index::IndexArgs),
    /// List the cases
    List(list::ListArgs),
    /// Show one case: its steps, and what AWS does with the source that says so
    Show(show::ShowArgs),
    /// Check cases and baselines, and report every mistake with its place
    Check(check::CheckArgs),
    /// Show what the suite exercises: actions, members, filters, error codes, the incumbent's tests
    Coverage(coverage::CoverageArgs),
    /// Explain a rule — what it means for a client and how to mend it — or an error code of AWS
    Explain(explain::ExplainArgs),
    /// Show, check, score and compare guidelines, and hold a run against one
    Guideline(guideline::GuidelineArgs),
    /// Compute shape profiles from recordings of real AWS
    Shapes(shapes::ShapesArgs),
    /// Print the least-privilege IAM policy for running the chosen cases on AWS
    Policy(policy::PolicyArgs),
    /// Check, list or show targets: the clouds that cases run on
    Target(target::TargetsArgs),
    /// Print the JSON Schema of case files or of the configuration file, for editors
    Schema(schema::SchemaArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Distil(args) => distil::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Judge(args) => judge::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Waive(args) => waive::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Upload(args) => upload::run(&args),
        Command::Index(args) => index::run(&args),
        Command::List(args) => list::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Guideline(args) => guideline::run(&args),
        Command::Shapes(args) => shapes::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Target(args) => target::run(&args),
        Command::Schema(args) => schema::run(&args),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            if !error.message.is_empty() {
                // It may quote an endpoint, or a file that somebody else wrote.
                let message: Vec<String> =
                    error.message.lines().map(crate::report::clean::clean).collect();
                let message = message.join("\n");
                note!("{}error:{} {}", exit::ERROR, exit::ERROR.render_reset(), message);
            }
            error.exit.into()
        }
    }
}
