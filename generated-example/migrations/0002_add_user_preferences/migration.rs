// Add user preferences.

use super::v0002 as after;
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(after::UserPreferences)?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(after::UserPreferences)?;
    Ok(())
}
