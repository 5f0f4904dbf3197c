//! The program: everything is in the library, so that tests and the harness use the same.

fn main() -> std::process::ExitCode {
    parallax::cli::main()
}
