//! Times written quickly.

use super::Timestamp;

/// A moment in Apple's form, kept with its text: rows in a page often share one, and then it is written once.
#[derive(Clone, Copy, Debug)]
pub struct WrittenTime {
    seconds: u32,
    text: [u8; 20],
}

impl WrittenTime {
    /// The text for `seconds` since 1970, `2026-09-01T08:00:00Z`.
    #[inline]
    pub fn text(&mut self, seconds: u32) -> &[u8; 20] {
        if seconds != self.seconds {
            *self = Self { seconds, text: write(seconds) };
        }
        &self.text
    }
}

impl Default for WrittenTime {
    fn default() -> Self {
        Self { seconds: 0, text: *b"1970-01-01T00:00:00Z" }
    }
}

/// Days to year, month and day by the calendar's 400-year cycle, counted from March so that a leap day comes last.
fn write(seconds: u32) -> [u8; 20] {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    let mut text = *b"0000-00-00T00:00:00Z";
    let mut put = |at: usize, number: u32| {
        text[at] += (number / 10) as u8;
        text[at + 1] += (number % 10) as u8;
    };
    put(0, year / 100);
    put(2, year % 100);
    put(5, month);
    put(8, day);
    put(11, rest / 3_600);
    put(14, rest / 60 % 60);
    put(17, rest % 60);
    text
}

impl Timestamp {
    /// Apple's form in bytes: UTC, whole seconds, a literal `Z`.
    pub fn written(self) -> [u8; 20] {
        write(self.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    proptest! {
        #[test]
        fn every_moment_is_written_as_the_calendar_has_it(seconds: u32) {
            let moment = OffsetDateTime::from_unix_timestamp(i64::from(seconds)).unwrap();
            let expected = moment.format(&Rfc3339).unwrap();
            prop_assert_eq!(write(seconds).to_vec(), expected.into_bytes());
        }
    }

    #[test]
    fn a_time_is_remembered() {
        let mut written = WrittenTime::default();
        assert_eq!(written.text(0), b"1970-01-01T00:00:00Z");
        assert_eq!(written.text(1_768_647_741), b"2026-01-17T11:02:21Z");
        assert_eq!(written.text(1_768_647_741), b"2026-01-17T11:02:21Z");
    }
}
