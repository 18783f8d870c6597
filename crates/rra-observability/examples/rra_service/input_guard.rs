//! Looks at text from outside for the marks of an attack. A coarse net for an example: a service
//! relies on bound parameters and escaping, and uses such a guard to notice who is trying.

/// What a text tried to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attack {
    Sql,
    Xss,
    PathTraversal,
    Command,
}

/// A mark and what it stands for.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) attack: Attack,
    marks: &'static [&'static str],
}

/// Narrow marks first: the first rule that holds names the attack.
const RULES: [Rule; 6] = [
    Rule {
        name: "script_tag",
        attack: Attack::Xss,
        marks: &["<script", "javascript:", "<svg", "<img", "onerror="],
    },
    Rule {
        name: "dot_dot",
        attack: Attack::PathTraversal,
        marks: &["../", "..\\", "%2e%2e", "/etc/passwd"],
    },
    Rule {
        name: "sql_union",
        attack: Attack::Sql,
        marks: &["union select", "union all select", "information_schema"],
    },
    Rule {
        name: "sql_quote",
        attack: Attack::Sql,
        marks: &["' or ", "'or'", "'--", "';", "\" or ", "sleep("],
    },
    Rule {
        name: "shell_substitution",
        attack: Attack::Command,
        marks: &["$(", "`", "${ifs}"],
    },
    Rule {
        name: "shell_chain",
        attack: Attack::Command,
        marks: &["; cat ", "| nc ", "&& curl ", "; rm ", "| sh"],
    },
];

/// The first rule that `text` breaks.
pub(crate) fn inspect(text: &str) -> Option<&'static Rule> {
    let text = text.to_lowercase();
    RULES
        .iter()
        .find(|rule| rule.marks.iter().any(|mark| text.contains(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Attack>) {
        assert_eq!(inspect(text).map(|rule| rule.attack), expected, "{text}");
    }

    #[test]
    fn ordinary_text_passes() {
        check("licence terms for news articles", None);
        check("O'Reilly; a publisher", None);
    }

    #[test]
    fn each_kind_of_attack_is_named() {
        check("1' OR '1'='1", Some(Attack::Sql));
        check("1 UNION SELECT password FROM users", Some(Attack::Sql));
        check("<SCRIPT>alert(1)</SCRIPT>", Some(Attack::Xss));
        check("../../etc/shadow", Some(Attack::PathTraversal));
        check("x; cat /srv/key", Some(Attack::Command));
        check("$(id)", Some(Attack::Command));
    }
}
