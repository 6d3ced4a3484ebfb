//! `/_sim/developer-keys`: whose developer tokens have to be signed by a key that we know.

use serde_json::{Value, json};

use super::bodies::DeveloperKeyBody;
use super::{Call, Problem, Reply};
use crate::pki::DeveloperKeyRefusal;

/// `GET /_sim/developer-keys`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let teams = call.control.developer_keys.teams().into_iter();
    Ok(Reply::list(teams.map(|(team, keys)| view(&team, &keys)).collect(), None))
}

/// `PUT /_sim/developer-keys/{team}`: from now on a token of this team has to be signed by one of its keys.
pub fn set(call: &Call<'_>) -> Result<Reply, Problem> {
    let team = call.params.get("team");
    let body: DeveloperKeyBody = call.body()?;
    let keys = &call.control.developer_keys;
    keys.register(team, &body.key_id, &body.public_key).map_err(|refusal| {
        let pointer = if refusal == DeveloperKeyRefusal::Key { "/public_key" } else { "/key_id" };
        Problem::unfit(pointer, refusal.to_string())
    })?;
    let ids = keys.teams().into_iter().find(|(known, _)| known == team).map(|(_, ids)| ids).unwrap_or_default();
    Ok(Reply::json(&view(team, &ids)))
}

/// `DELETE /_sim/developer-keys/{team}`.
pub fn forget(call: &Call<'_>) -> Result<Reply, Problem> {
    let team = call.params.get("team");
    match call.control.developer_keys.forget(team) {
        true => Ok(Reply::nothing()),
        false => Err(Problem::unknown("developer with keys", team)),
    }
}

fn view(team: &str, keys: &[String]) -> Value {
    json!({ "team": team, "key_ids": keys })
}
