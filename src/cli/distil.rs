//! `parallax distil`.

use std::path::PathBuf;

use clap::Args;

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::out::{note, say};
use super::record::knowledge;
use crate::assets::Assets;
use crate::judge::baseline::references;
use crate::judge::recorded::{Recordings, distil};
use crate::record::Library;

/// Arguments of `distil`.
#[derive(Debug, Args)]
pub(super) struct DistilArgs {
    /// Folder of baselines
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    baselines: PathBuf,
}

pub(super) fn run(args: &DistilArgs) -> Done {
    let references = references(&Assets::Folder(args.baselines.clone())).map_err(Failed::usage)?;
    let (mut written, mut failed) = (0, 0);
    for reference in references {
        let library = Library::new(&args.baselines, &reference);
        let knowledge = knowledge(&args.baselines, &reference)?;
        for (name, mut baseline) in library.baselines().map_err(Failed::usage)? {
            for (id, case) in &mut baseline.cases {
                let mut recordings = Recordings::default();
                for sample in &case.samples {
                    let text = library.recording(sample).map_err(Failed::usage)?;
                    recordings.add(sample, &text).map_err(Failed::usage)?;
                }
                recordings.retain_case(id);
                let again = distil(&reference, &recordings, &knowledge);
                let found = again.baselines.into_values().find_map(|mut b| b.cases.remove(id));
                match found {
                    Some(found) => *case = found,
                    None => {
                        failed += 1;
                        note!("{name}: its recordings no longer hold {}", case.name);
                    }
                }
            }
            library.replace(&name, &baseline).map_err(Failed::usage)?;
            written += 1;
        }
    }
    say!("{} distilled again", plural(written, "recorded baseline"));
    Ok(if failed == 0 { Exit::Ok } else { Exit::Usage })
}
