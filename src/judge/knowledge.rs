//! What is known about AWS, apart from its API model and SDK, which are part of the program.

use super::baseline::Baselines;
use super::errors::ErrorCodes;
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
}

impl Knowledge {
    /// Reads baselines, profiles and error codes from a folder, or those that were built in.
    ///
    /// # Errors
    /// Every mistake in every baseline, or in the list of error codes.
    pub fn load(assets: &Assets) -> Result<Knowledge, SuiteError> {
        Ok(Knowledge {
            baselines: Baselines::load(assets, None)?,
            profiles: Profiles::load(assets)?,
            errors: ErrorCodes::load(assets)?,
        })
    }
}
