//! Fake values: what looks real and is nobody's.

use super::stream::Stream;
use super::words::{CITIES, COUNTRIES, DOMAINS, FIRST, JOBS, LAST, RANKS, STREETS, SUFFIXES, TRADES, WORDS};

/// A kind of fake value.
///
/// Addresses are of reserved domains and networks, telephone numbers of those set aside for fiction, so that
/// no test ever reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fake {
    /// A first name.
    FirstName,
    /// A family name.
    LastName,
    /// A first and a family name.
    FullName,
    /// An address of electronic mail at a reserved domain.
    Email,
    /// The name of an account.
    Username,
    /// A reserved domain.
    Domain,
    /// A URL at a reserved domain.
    Url,
    /// An address of the networks for documentation.
    Ipv4,
    /// A colour as `#1f6feb`.
    Color,
    /// A telephone number for fiction.
    Phone,
    /// A city.
    City,
    /// A country.
    Country,
    /// A street with a number.
    Street,
    /// The name of a company.
    Company,
    /// The title of a job.
    Job,
    /// A word.
    Word,
    /// Three words.
    Words,
    /// A sentence.
    Sentence,
    /// A paragraph of a few sentences.
    Paragraph,
    /// Paragraphs with empty lines between them.
    Paragraphs,
    /// A UUID of version 4.
    Uuid,
}

impl Fake {
    /// Every kind.
    pub const ALL: [Self; 21] = [
        Self::FirstName,
        Self::LastName,
        Self::FullName,
        Self::Email,
        Self::Username,
        Self::Domain,
        Self::Url,
        Self::Ipv4,
        Self::Color,
        Self::Phone,
        Self::City,
        Self::Country,
        Self::Street,
        Self::Company,
        Self::Job,
        Self::Word,
        Self::Words,
        Self::Sentence,
        Self::Paragraph,
        Self::Paragraphs,
        Self::Uuid,
    ];

    /// How seed files name it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FirstName => "name.first",
            Self::LastName => "name.last",
            Self::FullName => "name.full",
            Self::Email => "internet.email",
            Self::Username => "internet.username",
            Self::Domain => "internet.domain",
            Self::Url => "internet.url",
            Self::Ipv4 => "internet.ipv4",
            Self::Color => "color.hex",
            Self::Phone => "phone.number",
            Self::City => "address.city",
            Self::Country => "address.country",
            Self::Street => "address.street",
            Self::Company => "company.name",
            Self::Job => "job.title",
            Self::Word => "lorem.word",
            Self::Words => "lorem.words",
            Self::Sentence => "lorem.sentence",
            Self::Paragraph => "lorem.paragraph",
            Self::Paragraphs => "lorem.paragraphs",
            Self::Uuid => "uuid",
        }
    }

    /// The kind of this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// How many different values there are, where they can be counted out; running text is made, and not
    /// counted, so a unique column cannot be filled with it.
    pub const fn capacity(self) -> Option<u64> {
        let (first, last) = (FIRST.len() as u64, LAST.len() as u64);
        Some(match self {
            Self::FirstName => first,
            Self::LastName => last,
            Self::FullName => first * last,
            Self::Email => first * last * NUMBERS * DOMAINS.len() as u64,
            Self::Username => first * last * NUMBERS,
            Self::Domain => DOMAINS.len() as u64,
            Self::Url => (WORDS.len() * WORDS.len() * DOMAINS.len()) as u64,
            Self::Ipv4 => 3 * 254,
            Self::Color => 1 << 24,
            Self::Phone => AREAS * 100,
            Self::City => CITIES.len() as u64,
            Self::Country => COUNTRIES.len() as u64,
            Self::Street => STREETS.len() as u64 * 200,
            Self::Company => last * (TRADES.len() * SUFFIXES.len()) as u64,
            Self::Job => (RANKS.len() * JOBS.len()) as u64,
            Self::Word => WORDS.len() as u64,
            Self::Words => (WORDS.len() * WORDS.len() * WORDS.len()) as u64,
            Self::Uuid => 1 << 62,
            Self::Sentence | Self::Paragraph | Self::Paragraphs => return None,
        })
    }

    /// The most characters that a value has; `None` for running text.
    pub const fn longest(self) -> Option<usize> {
        Some(match self {
            Self::FirstName => 8,
            Self::LastName => 9,
            Self::FullName => 18,
            Self::Email => 40,
            Self::Username => 24,
            Self::Domain => 14,
            Self::Url => 48,
            Self::Ipv4 => 15,
            Self::Color => 7,
            Self::Phone => 15,
            Self::City | Self::Word => 9,
            Self::Country => 11,
            Self::Street => 19,
            Self::Company => 36,
            Self::Job => 22,
            Self::Words => 29,
            Self::Uuid => 36,
            Self::Sentence => 120,
            Self::Paragraph | Self::Paragraphs => return None,
        })
    }

    /// The value of a number below the [capacity](Self::capacity); different numbers have different values.
    pub(crate) fn nth(self, number: u64, stream: &mut Stream) -> String {
        let mut digits = Digits(number);
        match self {
            Self::FirstName => digits.of(&FIRST).to_owned(),
            Self::LastName => digits.of(&LAST).to_owned(),
            Self::FullName => join([digits.of(&FIRST), " ", digits.of(&LAST)]),
            Self::Email => {
                let domain = digits.of(&DOMAINS);
                let user = username(&mut digits);
                join([&user, "@", domain])
            }
            Self::Username => username(&mut digits),
            Self::Domain => digits.of(&DOMAINS).to_owned(),
            Self::Url => {
                let (domain, first) = (digits.of(&DOMAINS), digits.of(&WORDS));
                join(["https://", domain, "/", first, "/", digits.of(&WORDS)])
            }
            Self::Ipv4 => {
                let network = ["192.0.2.", "198.51.100.", "203.0.113."][digits.below(3) as usize];
                format!("{network}{}", digits.below(254) + 1)
            }
            Self::Color => format!("#{:06x}", digits.below(1 << 24)),
            Self::Phone => {
                let line = digits.below(100);
                format!("+1-{}-555-01{line:02}", 201 + digits.below(AREAS))
            }
            Self::City => digits.of(&CITIES).to_owned(),
            Self::Country => digits.of(&COUNTRIES).to_owned(),
            Self::Street => {
                let street = digits.of(&STREETS);
                format!("{street} {}", digits.below(200) + 1)
            }
            Self::Company => {
                let (name, trade) = (digits.of(&LAST), digits.of(&TRADES));
                join([name, " ", trade, " ", digits.of(&SUFFIXES)])
            }
            Self::Job => join([digits.of(&RANKS), " ", digits.of(&JOBS)]),
            Self::Word => digits.of(&WORDS).to_owned(),
            Self::Words => {
                let (first, second) = (digits.of(&WORDS), digits.of(&WORDS));
                join([first, " ", second, " ", digits.of(&WORDS)])
            }
            Self::Uuid => {
                let high = stream.bits();
                let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
                let low = digits.below(1 << 62) | (1 << 63);
                format!(
                    "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
                    high >> 32,
                    (high >> 16) & 0xffff,
                    high & 0xffff,
                    low >> 48,
                    low & 0xffff_ffff_ffff
                )
            }
            Self::Sentence | Self::Paragraph | Self::Paragraphs => self.running(stream),
        }
    }

    /// A value of the stream.
    pub(crate) fn value(self, stream: &mut Stream) -> String {
        match self.capacity() {
            Some(capacity) => self.nth(stream.below(capacity), stream),
            None => self.running(stream),
        }
    }

    fn running(self, stream: &mut Stream) -> String {
        let mut text = String::with_capacity(80);
        match self {
            Self::Paragraph => paragraph(&mut text, stream),
            Self::Paragraphs => {
                for index in 0..2 + stream.below(3) {
                    if index > 0 {
                        text.push_str("\n\n");
                    }
                    paragraph(&mut text, stream);
                }
            }
            _ => sentence(&mut text, stream),
        }
        text
    }
}

const NUMBERS: u64 = 1_000;
const AREAS: u64 = 700;

/// The digits of a number, each in the system of the list that it chooses from.
struct Digits(u64);

impl Digits {
    fn below(&mut self, base: u64) -> u64 {
        let digit = self.0 % base;
        self.0 /= base;
        digit
    }

    fn of(&mut self, words: &[&'static str]) -> &'static str {
        let index = self.below(words.len() as u64);
        words.get(index as usize).copied().unwrap_or_default()
    }
}

/// In letters that any account may have. No two names become one: both lists stay distinct without accents.
fn username(digits: &mut Digits) -> String {
    let mut name = String::with_capacity(24);
    plain(&mut name, digits.of(&FIRST));
    name.push('.');
    plain(&mut name, digits.of(&LAST));
    let number = digits.below(NUMBERS);
    if number > 0 {
        name.push_str(&number.to_string());
    }
    name
}

fn plain(text: &mut String, name: &str) {
    for character in name.chars() {
        text.push(match character {
            'á' => 'a',
            'ë' => 'e',
            'í' => 'i',
            'ö' | 'ø' => 'o',
            other => other.to_ascii_lowercase(),
        });
    }
}

fn sentence(text: &mut String, stream: &mut Stream) {
    let count = 6 + stream.below(6);
    for index in 0..count {
        let word = WORDS[stream.below(WORDS.len() as u64) as usize];
        if index == 0 {
            let mut characters = word.chars();
            text.extend(characters.next().map(|first| first.to_ascii_uppercase()));
            text.push_str(characters.as_str());
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text.push('.');
}

fn paragraph(text: &mut String, stream: &mut Stream) {
    for index in 0..3 + stream.below(4) {
        if index > 0 {
            text.push(' ');
        }
        sentence(text, stream);
    }
}

fn join<const N: usize>(parts: [&str; N]) -> String {
    parts.concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::seed::values::stream::StreamKey;

    #[test]
    fn numbers_have_values_of_their_own() {
        for kind in Fake::ALL {
            let Some(capacity) = kind.capacity() else { continue };
            let tried = capacity.min(20_000);
            let step = capacity / tried;
            let mut stream = StreamKey::new(&["x"]).at(0);
            let values: BTreeSet<String> =
                (0..tried).map(|index| kind.nth(index * step, &mut stream)).collect();
            assert_eq!(values.len() as u64, tried, "{}", kind.key());
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
            assert!(Some(longest) <= kind.longest(), "{}: {longest}", kind.key());
        }
    }

    #[test]
    fn running_text_keeps_to_its_length() {
        let key = StreamKey::new(&["sentence"]);
        let longest = (0..20_000).map(|row| Fake::Sentence.value(&mut key.at(row)).chars().count()).max();
        assert!(longest <= Fake::Sentence.longest(), "{longest:?}");
    }

    #[test]
    fn nobody_is_reached() {
        let key = StreamKey::new(&["mail"]);
        for row in 0..1_000 {
            let email = Fake::Email.value(&mut key.at(row));
            let domain = email.split_once('@').unwrap().1;
            assert!(
                ["example.com", "example.org", "example.net"].contains(&domain)
                    || [".test", ".example"].iter().any(|end| domain.ends_with(end)),
                "{email}"
            );
        }
    }
}
