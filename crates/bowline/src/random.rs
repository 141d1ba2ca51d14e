//! Randomness of the machine.

use crate::error::CliError;

/// Random bytes of the machine, fit for keys.
pub fn random<const N: usize>() -> Result<[u8; N], CliError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| CliError::failed(format!("the machine gives no random numbers: {e}")))?;
    Ok(bytes)
}
