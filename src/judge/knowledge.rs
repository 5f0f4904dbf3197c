//! What is known about AWS, apart from its API model and SDK, which are part of the program.

use super::baseline::Baselines;
use super::errors::ErrorCodes;
use super::recorded::RecordedBaseline;
use super::shape::Profiles;
use crate::assets::Assets;
use crate::case::SuiteError;

/// What transcripts are judged with.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// What AWS does in the steps of cases.
    pub baselines: Baselines,
    /// What AWS's answers look like.
    pub profiles: Profiles,
    /// Which error codes AWS has, and for what.
    pub errors: ErrorCodes,
    /// Leaves out the client layer, as a build without the SDK does; the result says so.
    pub without_client: bool,
}

impl Knowledge {
    /// Reads baselines, profiles and error codes from a folder, or those that were built in.
    /// `reference` says whose behaviour is wanted, as in [`Baselines::load`].
    ///
    /// # Errors
    /// Every mistake in every baseline.
    pub fn load(assets: &Assets, reference: Option<&str>) -> Result<Knowledge, SuiteError> {
        Ok(Knowledge {
            baselines: Baselines::load(assets, reference, None)?,
            profiles: Profiles::load(assets)?,
            errors: ErrorCodes::load(assets)?,
            without_client: false,
        })
    }

    /// What is known where nothing is known of the reference yet: profiles only.
    ///
    /// # Errors
    /// Every mistake in every profile.
    pub fn of_no_reference(assets: &Assets) -> Result<Knowledge, SuiteError> {
        Ok(Knowledge {
            profiles: Profiles::load(assets)?,
            errors: ErrorCodes::load(assets)?,
            ..Knowledge::default()
        })
    }

    /// One recorded baseline, and nothing else.
    pub fn of_recording(baseline: &RecordedBaseline) -> Knowledge {
        Knowledge { baselines: Baselines::of_recording(baseline), ..Knowledge::default() }
    }

    /// The same with recorded baselines in place of those that it has.
    pub fn with_recordings(
        &self,
        recordings: impl IntoIterator<Item = RecordedBaseline>,
    ) -> Knowledge {
        let baselines = self.baselines.with_recordings(recordings.into_iter().collect());
        Knowledge { baselines, ..self.clone() }
    }

    /// The same without recorded baselines: what recordings themselves are judged with.
    pub(in crate::judge) fn without_recordings(&self) -> Knowledge {
        self.with_recordings([])
    }
}
