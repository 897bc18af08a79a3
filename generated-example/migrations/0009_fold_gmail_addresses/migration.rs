// Fold gmail addresses.
//
// Gmail takes no notice of dots before the `@` nor of what follows a `+`, so that one person may have
// become several contacts.

use super::v0009 as after;
use whimbrel::v1::*;

pub const NOTHING_TO_UNDO: &str = "every spelling of a Gmail address is the same mailbox";

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.data(|rows| {
        let mut spellings = Vec::new();
        rows.each("SELECT owner_id, address FROM contacts", &[], |contact| {
            let address = contact.get(after::Contacts::ADDRESS)?;
            let folded = fold(&address);
            if folded != address {
                spellings.push((contact.get(after::Contacts::OWNER_ID)?, address, folded));
            }
            Ok(())
        })?;
        for (owner, address, folded) in &spellings {
            rows.execute(
                "INSERT INTO contacts (owner_id, address, messages, latest_at)
                 SELECT owner_id, ?3, messages, latest_at FROM contacts WHERE owner_id = ?1 AND address = ?2
                 ON CONFLICT (owner_id, address) DO UPDATE
                 SET messages = messages + excluded.messages, latest_at = max(latest_at, excluded.latest_at)",
                &[owner, address, folded],
            )?;
            rows.execute("DELETE FROM contacts WHERE owner_id = ?1 AND address = ?2", &[owner, address])?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The address as Gmail knows it; others stay as they are.
fn fold(address: &str) -> String {
    match address.split_once('@') {
        Some((person, "gmail.com" | "googlemail.com")) => {
            let (person, _) = person.split_once('+').unwrap_or((person, ""));
            format!("{}@gmail.com", person.replace('.', ""))
        }
        _ => address.to_owned(),
    }
}
