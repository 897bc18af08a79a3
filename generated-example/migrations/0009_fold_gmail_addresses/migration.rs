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
        rows.each("SELECT owner_id, address, messages, latest_at FROM contacts", &[], |contact| {
            let address = contact.get(after::Contacts::ADDRESS)?;
            let folded = fold(&address);
            if folded != address {
                let owner = contact.get(after::Contacts::OWNER_ID)?;
                let messages = contact.get(after::Contacts::MESSAGES)?;
                let latest = contact.get(after::Contacts::LATEST_AT)?;
                spellings.push((owner, address, folded, messages, latest));
            }
            Ok(())
        })?;
        for (owner, address, folded, messages, latest) in &spellings {
            let merged = rows.execute(
                "UPDATE contacts
                 SET messages = messages + ?3, latest_at = CASE WHEN latest_at < ?4 THEN ?4 ELSE latest_at END
                 WHERE owner_id = ?1 AND address = ?2",
                &[owner, folded, messages, latest],
            )?;
            let spelling = "WHERE owner_id = ?1 AND address = ?2";
            if merged == 0 {
                let rename = format!("UPDATE contacts SET address = ?3 {spelling}");
                rows.execute(&rename, &[owner, address, folded])?;
            } else {
                rows.execute(&format!("DELETE FROM contacts {spelling}"), &[owner, address])?;
            }
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
