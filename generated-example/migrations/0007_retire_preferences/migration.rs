// Retire preferences.

use super::v0006 as before;
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(before::UserPreferences)?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.restore_table(before::UserPreferences)?;
    Ok(())
}
