//! The YAML parser's complaints in the words of somebody who writes a scenario.

use granit_parser::{ErrorKind, ScanError};

/// What is wrong at byte `at` of `text`, and what would be right.
pub(super) fn explain(error: &ScanError, text: &str, at: usize) -> (String, Option<String>) {
    if error.kind() == &ErrorKind::RecursionLimitExceeded {
        return (format!("this is nested more than {} levels deep", super::builder::DEEPEST), None);
    }
    let hint = match error.kind() {
        _ if has_bare_variable(text, at) => "between { } and [ ], a variable needs quotes: \"${NAME}\"",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "text with `: ` in it needs quotes; otherwise look at the indentation and at a missing `-`"
        }
        _ if error.info().contains("tab") => "indent with spaces, not with tabs",
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            "write control characters as escapes in double quotes, such as \"\\u0001\""
        }
        ErrorKind::UnexpectedCharacter { .. } => "text that begins with one of @ ` % needs quotes",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => {
            "the keys of one mapping stand below each other, in the same column"
        }
        ErrorKind::ExpectedBlockSequenceEntry => "the `-` of one list stand below each other, in the same column",
        ErrorKind::SimpleKeyExpected => "a key is followed by `: ` and its value",
        ErrorKind::UnknownQuotedScalarEscape => "write a backslash in double quotes as \\\\, or use single quotes",
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "the quotes go around the whole value; write a quote inside '…' as '' and inside \"…\" as \\\""
        }
        _ => "",
    };
    (format!("this is not YAML: {}", error.info()), Some(hint.to_owned()).filter(|hint| !hint.is_empty()))
}

/// True where a flow collection on the line around `at` holds `${…}` without quotes: YAML takes its braces for a mapping.
fn has_bare_variable(text: &str, at: usize) -> bool {
    let (before, after) = text.as_bytes().split_at(at.min(text.len()));
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let end = after.iter().position(|byte| *byte == b'\n').map_or(text.len(), |newline| before.len() + newline);
    let line = &text.as_bytes()[start..end];
    let Some(variable) = line.windows(2).position(|pair| pair == b"${") else { return false };
    let outside = &line[..variable];
    let quotes = outside.iter().filter(|byte| matches!(byte, b'"' | b'\'')).count();
    quotes % 2 == 0 && outside.iter().any(|byte| matches!(byte, b'{' | b'['))
}
