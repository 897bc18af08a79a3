// Add user settings.

use super::v0003 as after;
use whimbrel::v1::*;

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(after::UserSettings)?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(after::UserSettings)?;
    Ok(())
}
