//! `${VARIABLE}` in scenario files.

/// Looks a variable of the environment up.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// Why a text could not be expanded: what is wrong, and what would be right.
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) hint: String,
}

/// `text` with its variables replaced: `${NAME}`, `${NAME:-default}` (used where the variable is unset or empty), `$$` for a dollar sign. A
/// dollar sign before anything else stands for itself.
pub(super) fn expand(text: &str, environment: &Environment) -> Result<String, Vec<Problem>> {
    let mut expanded = String::with_capacity(text.len());
    let mut problems = Vec::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let Some(close) = after.find('}') else {
                let hint = "write ${NAME} or ${NAME:-default}, and $$ for a dollar sign".to_owned();
                problems.push(Problem { message: "`${` is never closed".to_owned(), hint });
                return Err(problems);
            };
            match look_up(&after[..close], environment) {
                Ok(value) => expanded.push_str(&value),
                Err(problem) => problems.push(problem),
            }
            rest = &after[close + 1..];
        } else {
            expanded.push('$');
        }
    }
    expanded.push_str(rest);
    if problems.is_empty() { Ok(expanded) } else { Err(problems) }
}

fn look_up(inside: &str, environment: &Environment) -> Result<String, Problem> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !begins || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Problem {
            message: format!("`{name}` cannot be the name of an environment variable"),
            hint: "write ${NAME} or ${NAME:-default}, and $$ for a dollar sign".to_owned(),
        });
    }
    match (environment(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Problem {
            message: format!("the environment variable `{name}` is not set"),
            hint: format!("set it, or give a default: ${{{name}:-…}}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, Vec<String>> {
        let environment = |name: &str| match name {
            "COUNT" => Some("5".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        expand(text, &environment).map_err(|problems| problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn variables_defaults_and_dollar_signs() {
        for (text, wanted) in [
            ("${COUNT}", "5"),
            ("a ${COUNT} b ${COUNT}", "a 5 b 5"),
            ("${NONE:-x}", "x"),
            ("${NONE:-}", ""),
            ("${EMPTY:-x}", "x"),
            ("${EMPTY}", ""),
            ("$$5", "$5"),
            ("$${COUNT}", "${COUNT}"),
            ("5$", "5$"),
            ("$COUNT", "$COUNT"),
        ] {
            assert_eq!(expanded(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn every_missing_variable_is_named() {
        let problems = expanded("${ONE} ${COUNT} ${TWO}").unwrap_err();
        assert_eq!(
            problems,
            ["the environment variable `ONE` is not set", "the environment variable `TWO` is not set"]
        );
        for text in ["${", "${}", "${9}", "${A-B}", "${COUNT"] {
            assert!(expanded(text).is_err(), "{text}");
        }
    }
}
