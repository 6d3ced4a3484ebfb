//! The report as a page of HTML that needs nothing else: no script, no font, no picture.

use std::fmt::Write as _;

use super::{Finding, Report, Severity, Subject, rules};
use crate::html::Escaped;
use crate::journal::Entry;

const STYLE: &str = include_str!("page.css");

impl Report {
    /// The report on the clients of an organisation as a page.
    pub fn to_page(&self, organization: &str) -> String {
        let name = Escaped(organization);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{name}: how the client behaved</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <header>\n<p class=\"over\">{name}</p>\n<h1>How the client behaved</h1>\n"
        );
        self.summary(&mut html);
        html.push_str("</header>\n");
        for finding in &self.findings {
            section(&mut html, finding);
        }
        self.kept(&mut html);
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }

    fn summary(&self, html: &mut String) {
        let _ = write!(html, "<p class=\"sums\">");
        for severity in Severity::ALL.into_iter().rev() {
            let count = self.findings.iter().filter(|finding| finding.rule.severity == severity).count();
            let none = if count == 0 { " none" } else { "" };
            let plural = if count == 1 { "" } else { "s" };
            let _ = write!(html, "<span class=\"sum {severity}{none}\"><b>{count}</b> {severity}{plural}</span>");
        }
        let _ = writeln!(html, "</p>");
        let plural = if self.exchanges == 1 { "" } else { "s" };
        let _ = writeln!(html, "<p class=\"of\">{} exchange{plural}, {} rules.</p>", self.exchanges, rules().count());
        if self.truncated {
            html.push_str(
                "<p class=\"truncated\">Older exchanges are no longer in the journal: what is not found here may yet have happened.</p>\n",
            );
        }
        if self.exchanges == 0 {
            html.push_str("<p class=\"well\">Nobody has called yet.</p>\n");
        } else if self.findings.is_empty() {
            html.push_str("<p class=\"well\">Nothing to say against it.</p>\n");
        }
    }

    /// The rules that nobody broke.
    fn kept(&self, html: &mut String) {
        let is_broken = |id: &str| self.findings.iter().any(|finding| finding.rule.id == id);
        let kept = rules().filter(|rule| !is_broken(rule.id)).count();
        let _ = writeln!(html, "<details class=\"kept\">\n<summary>{kept} rules that nobody broke</summary>");
        for subject in Subject::ALL {
            let mut of_subject = rules().filter(|rule| rule.subject == subject && !is_broken(rule.id)).peekable();
            if of_subject.peek().is_none() {
                continue;
            }
            let _ = writeln!(html, "<h3>{}</h3>\n<ul>", Escaped(subject.heading()));
            for rule in of_subject {
                let _ = writeln!(html, "<li><code>{}</code> {}</li>", Escaped(rule.id), Escaped(rule.title));
            }
            html.push_str("</ul>\n");
        }
        html.push_str("</details>\n");
    }
}

fn section(html: &mut String, finding: &Finding) {
    let rule = finding.rule;
    let (severity, id) = (rule.severity, Escaped(rule.id));
    let _ = writeln!(
        html,
        "<section class=\"{severity}\" id=\"{id}\">\n<p class=\"over\"><span class=\"word\">{severity}</span> {} · <code>{id}</code></p>\n\
         <h2>{}</h2>\n<p class=\"advice\">{}</p>",
        Escaped(rule.subject.heading()),
        Escaped(rule.title),
        Escaped(rule.advice)
    );
    let mut agents: Vec<&str> = finding.requests.iter().map(|entry| agent(entry)).collect();
    agents.sort_unstable();
    agents.dedup();
    let _ = writeln!(html, "<dl>");
    for server in &finding.servers {
        let _ = writeln!(html, "<div><dt>MDM server</dt><dd>{}</dd></div>", Escaped(server));
    }
    for agent in agents.into_iter().filter(|agent| !agent.is_empty()) {
        let _ = writeln!(html, "<div><dt>User-Agent</dt><dd>{}</dd></div>", Escaped(agent));
    }
    let refs: Vec<String> = rule.refs.iter().map(|id| format!("<code>{}</code>", Escaped(id))).collect();
    let _ = writeln!(html, "<div><dt>Ledger</dt><dd>{}</dd></div>\n</dl>", refs.join(" "));
    requests(html, finding);
    html.push_str("</section>\n");
}

fn requests(html: &mut String, finding: &Finding) {
    let plural = if finding.count == 1 { "" } else { "s" };
    let open = if finding.requests.len() <= 10 { " open" } else { "" };
    let _ = writeln!(
        html,
        "<details{open}>\n<summary>{} request{plural}</summary>\n<div class=\"wide\"><table>",
        finding.count
    );
    html.push_str(
        "<thead><tr><th>#</th><th>Time</th><th>Request</th><th>Status</th><th>Why</th></tr></thead>\n<tbody>\n",
    );
    for entry in &finding.requests {
        let exchange = &entry.exchange;
        let status = exchange.answer.as_ref().map_or("—".to_owned(), |answer| answer.status.as_u16().to_string());
        let why = match &exchange.fault {
            Some((_, what)) if exchange.why.is_empty() => what.clone(),
            _ => exchange.why.join("; "),
        };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td><b>{}</b> {}</td><td>{status}</td><td>{}</td></tr>",
            entry.id,
            entry.at,
            Escaped(exchange.request.head.method.as_str()),
            Escaped(exchange.request.path()),
            Escaped(&why)
        );
    }
    html.push_str("</tbody></table></div>\n");
    let more = finding.count - finding.requests.len();
    if more > 0 {
        let _ = writeln!(html, "<p class=\"of\">and {more} more</p>");
    }
    html.push_str("</details>\n");
}

/// A header need not be ASCII to be shown.
fn agent(entry: &Entry) -> &str {
    let agent = entry.exchange.request.head.headers.get(http::header::USER_AGENT);
    agent.and_then(|agent| std::str::from_utf8(agent.as_bytes()).ok()).unwrap_or_default()
}
