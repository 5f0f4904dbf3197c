//! Inputs that something was found with once: each has to be borne from then on.
//!
//! `ci/fuzz/found/<target>/` holds them; what was wrong is in the file's name. To add one, copy the file that
//! `cargo test --bench fuzz` names.

use std::path::Path;

use crate::targets::TARGETS;

#[test]
fn what_was_found_once_is_borne() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/fuzz/found");
    let mut tried = 0;
    for folder in std::fs::read_dir(root).expect("a folder") {
        let folder = folder.expect("readable").path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
        for file in std::fs::read_dir(folder).expect("a folder") {
            let file = file.expect("readable").path();
            let input = std::fs::read(&file).expect("readable");
            println!("{}", file.display());
            // As in the threads that cases run in. What takes for ever is noticed by whoever waits.
            let run = move || (target.run)(&input);
            let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
            let outcome = thread.expect("a thread").join();
            assert!(outcome.is_ok(), "{} is not borne", file.display());
            tried += 1;
        }
    }
    assert!(tried > 0, "nothing was tried");
}
