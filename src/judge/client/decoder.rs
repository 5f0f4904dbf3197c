//! What differs between actions: where the SDK keeps the deserialiser, and the type of its error.

use std::sync::OnceLock;

use aws_smithy_runtime_api::client::interceptors::context::Error as ErasedError;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::SharedResponseDeserializer;
use aws_smithy_types::config_bag::FrozenLayer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use super::actions::DECODERS;

/// Reads answers to one action.
///
/// There are hundreds, so that what is compiled for each is as small as it can be.
pub(super) struct Decoder {
    /// Makes the operation's configuration, with its deserialiser in it.
    pub config: fn() -> Option<FrozenLayer>,
    /// The configuration, once it was made.
    pub made: OnceLock<Option<FrozenLayer>>,
    /// What an error of the operation's own type says.
    pub error: fn(&ErasedError) -> Option<&ErrorMetadata>,
}

impl Decoder {
    /// The operation's deserialiser.
    pub(super) fn deserializer(&self) -> Option<&SharedResponseDeserializer> {
        self.made.get_or_init(self.config).as_ref()?.load::<SharedResponseDeserializer>()
    }
}

/// The decoder of an action; `None` if the SDK has none.
pub(super) fn of(action: &str) -> Option<&'static Decoder> {
    let place = DECODERS.binary_search_by_key(&action, |(name, _)| name).ok()?;
    DECODERS.get(place).map(|(_, decoder)| decoder)
}

/// The configuration of an operation.
pub(super) fn config<O: RuntimePlugin + Default>() -> Option<FrozenLayer> {
    O::default().config()
}

/// What an error says, if it is of type `E`.
pub(super) fn error<E>(error: &ErasedError) -> Option<&ErrorMetadata>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    error.downcast_ref::<E>().map(ProvideErrorMetadata::meta)
}

/// Makes a table from lines of the SDK's names: `module Operation Error;`, sorted by operation.
macro_rules! decoders {
    ($($module:ident $operation:ident $error:ident;)*) => {
        /// Every decoder, sorted by action.
        pub(super) static DECODERS: [(&str, $crate::judge::client::decoder::Decoder);
            [$(stringify!($operation)),*].len()] = [$((
            stringify!($operation),
            $crate::judge::client::decoder::Decoder {
                config: $crate::judge::client::decoder::config::<
                    aws_sdk_ec2::operation::$module::$operation,
                >,
                made: std::sync::OnceLock::new(),
                error: $crate::judge::client::decoder::error::<
                    aws_sdk_ec2::operation::$module::$error,
                >,
            },
        ),)*];
    };
}

pub(super) use decoders;
