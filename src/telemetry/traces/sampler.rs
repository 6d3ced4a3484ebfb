//! Which requests become spans.

/// `OTEL_TRACES_SAMPLER`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// The share of traces that are taken, 0 to 1.
    pub ratio: f64,
    /// Whether the caller's decision counts, where there is one.
    pub parent_based: bool,
}

impl Sampler {
    /// All of them, but what the caller leaves out.
    pub const DEFAULT: Self = Self { ratio: 1.0, parent_based: true };

    /// Reads the names and the argument that the variables may have.
    pub fn parse(name: &str, argument: Option<&str>) -> Result<Self, String> {
        let (parent_based, base) = match name.strip_prefix("parentbased_") {
            Some(base) => (true, base),
            None => (false, name),
        };
        let ratio = match base {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => match argument.map(str::parse::<f64>) {
                None => 1.0,
                Some(Ok(ratio)) if (0.0..=1.0).contains(&ratio) => ratio,
                Some(_) => {
                    return Err(format!(
                        "OTEL_TRACES_SAMPLER_ARG is {:?}; right would be 0 to 1",
                        argument.unwrap_or_default()
                    ));
                }
            },
            _ => {
                return Err(format!(
                    "OTEL_TRACES_SAMPLER is {name:?}; right would be always_on, always_off, traceidratio, or one of them with parentbased_ before it"
                ));
            }
        };
        Ok(Self { ratio, parent_based })
    }

    /// Whether the trace with this id is taken; `parent` is what the caller decided.
    pub(super) fn samples(self, trace: u128, parent: Option<bool>) -> bool {
        match parent.filter(|_| self.parent_based) {
            Some(decided) => decided,
            // As other SDKs decide: by the low half of the id, so that all services of a trace agree.
            None => self.ratio >= 1.0 || ((trace as u64) >> 1) < (self.ratio * (1_u64 << 63) as f64) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_decides_where_it_may() {
        let always = Sampler::parse("always_on", None).unwrap();
        let never = Sampler::parse("always_off", None).unwrap();
        for parent in [None, Some(true), Some(false)] {
            assert!(always.samples(7, parent) && !never.samples(7, parent));
        }
        assert!(Sampler::DEFAULT.samples(7, None) && !Sampler::DEFAULT.samples(7, Some(false)));
        assert!(Sampler::parse("parentbased_always_off", None).unwrap().samples(7, Some(true)));
    }

    #[test]
    fn a_share_is_taken_by_the_traces_id() {
        let half = Sampler::parse("traceidratio", Some("0.5")).unwrap();
        assert!(half.samples(1, None) && !half.samples(u128::from(u64::MAX), None));
        let taken = (0..10_000_u64).filter(|n| half.samples(u128::from(crate::random::mix(*n)), None)).count();
        assert!((4_500..5_500).contains(&taken), "{taken}");
        for (name, argument) in
            [("traceidratio", Some("2")), ("parentbased_traceidratio", Some("x")), ("sometimes", None)]
        {
            assert!(Sampler::parse(name, argument).unwrap_err().contains("right would be"));
        }
    }
}
