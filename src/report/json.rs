//! The report as JSON.

use serde_json::{Value, json};

use super::{Finding, Report, Rule, rules};

/// Requests of a finding that are shown, not only named.
const SHOWN: usize = 10;

impl Report {
    /// The report as JSON: the findings, and how much of the journal there was.
    pub fn to_json(&self) -> Value {
        json!({
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "exchanges": self.exchanges,
            "truncated": self.truncated,
        })
    }
}

fn finding(finding: &Finding) -> Value {
    let rule = finding.rule;
    json!({
        "rule": rule.id,
        "subject": rule.subject,
        "severity": rule.severity,
        "title": rule.title,
        "advice": rule.advice,
        "servers": finding.servers,
        "count": finding.count,
        "requests": finding.requests.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        "refs": rule.refs,
        "shown": finding.requests.iter().take(SHOWN).map(|entry| {
            let exchange = &entry.exchange;
            json!({
                "id": entry.id,
                "at": entry.at,
                "method": exchange.request.head.method.as_str(),
                "path": exchange.request.path(),
                "status": exchange.answer.as_ref().map(|answer| answer.status.as_u16()),
                "why": exchange.why,
            })
        }).collect::<Vec<_>>(),
    })
}

/// Every rule as JSON: `{"items": […]}`.
pub fn catalogue() -> Value {
    let row = |rule: &Rule| {
        json!({
            "rule": rule.id,
            "subject": rule.subject,
            "severity": rule.severity,
            "title": rule.title,
            "advice": rule.advice,
            "refs": rule.refs,
        })
    };
    json!({ "items": rules().map(row).collect::<Vec<_>>() })
}
