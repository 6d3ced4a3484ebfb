//! The report as JUnit XML: a suite for each subject, a case for each rule. Errors and warnings are failures; notes are what a case printed.

use std::fmt::Write as _;

use super::{Finding, Report, Rule, Severity, Subject, rules};

impl Report {
    /// The report as JUnit XML.
    pub fn to_junit(&self) -> String {
        let failures = self.findings.iter().filter(|finding| fails(finding)).count();
        let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let tests = rules().count();
        let _ = writeln!(xml, "<testsuites name=\"abmsim report\" tests=\"{tests}\" failures=\"{failures}\">");
        for subject in Subject::ALL {
            self.suite(&mut xml, subject);
        }
        xml.push_str("</testsuites>\n");
        xml
    }

    fn suite(&self, xml: &mut String, subject: Subject) {
        let of_subject = |rule: &Rule| rule.subject == subject;
        let tests = rules().filter(|rule| of_subject(rule)).count();
        let failures = self.findings.iter().filter(|finding| of_subject(finding.rule) && fails(finding)).count();
        let name = escaped(subject.heading());
        let _ = writeln!(xml, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">");
        if self.truncated {
            xml.push_str("    <properties><property name=\"truncated\" value=\"true\"/></properties>\n");
        }
        for rule in rules().filter(|rule| of_subject(rule)) {
            let (class, id) = (subject.heading().to_lowercase().replace(' ', "-"), escaped(rule.id));
            let finding = self.findings.iter().find(|finding| finding.rule.id == rule.id);
            let _ = write!(xml, "    <testcase classname=\"abmsim.{class}\" name=\"{id}\"");
            match finding {
                None => xml.push_str("/>\n"),
                Some(finding) => {
                    let (title, text) = (escaped(rule.title), escaped(&told(finding)));
                    let _ = match fails(finding) {
                        true => writeln!(
                            xml,
                            ">\n      <failure type=\"{}\" message=\"{title}\">{text}</failure>\n    </testcase>",
                            rule.severity
                        ),
                        false => writeln!(xml, ">\n      <system-out>{title}\n{text}</system-out>\n    </testcase>"),
                    };
                }
            }
        }
        xml.push_str("  </testsuite>\n");
    }
}

fn fails(finding: &Finding) -> bool {
    finding.rule.severity >= Severity::Warning
}

/// Advice and requests, in lines.
fn told(finding: &Finding) -> String {
    let mut text = format!("{}\n", finding.rule.advice);
    for entry in &finding.requests {
        let exchange = &entry.exchange;
        let status =
            exchange.answer.as_ref().map_or("no answer".to_owned(), |answer| answer.status.as_u16().to_string());
        let (method, path) = (&exchange.request.head.method, exchange.request.path());
        let _ = writeln!(text, "#{} {} {method} {path} {status}", entry.id, entry.at);
    }
    let _ = write!(text, "Ledger: {}", finding.rule.refs.join(", "));
    text
}

/// `text` as it stands in XML, in an attribute too. What XML cannot hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(c),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_what_it_can() {
        assert_eq!(escaped("<a b=\"c\">&\u{1}\u{fffe}é\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}\u{fffd}é\n");
    }
}
