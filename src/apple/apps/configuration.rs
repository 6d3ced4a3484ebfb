//! `POST /client/config`.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::{self, Refused};
use super::{Call, Trial, Trier, json, now, wire};
use crate::apple::json::Object;
use crate::apple::{Reply, Said, edge};
use crate::directory::{ContentTokenPlace, Directory};
use crate::organization::content::{ConfigurationChange, ContentRefusal, ContentRefused, Notification};
use crate::secret::Secret;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    mdm_info: Option<Object<MdmInfo>>,
    notification_url: Option<String>,
    notification_auth_token: Option<String>,
    notification_types: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MdmInfo {
    id: Option<String>,
    name: Option<String>,
    metadata: Option<String>,
}

/// Changes the configuration of a location's client. An address for notifications is tried first, while the client waits.
pub fn set(call: &Call<'_>, trier: Option<&Trier>, directory: &Arc<Directory>) -> Result<Reply, Refused> {
    let change = read(call)?;
    let organization = &call.place.organization;
    // What is wrong with the change is told before anybody is called.
    let changed = organization.read(|books, _| {
        books.content.location(call.place.location).changed_configuration(&change, &books.limits(call.place.location))
    })?;
    let trial = changed.notification_url.zip(changed.notification_token).filter(|_| change.needs_test());
    let Some((trier, (url, token))) = trier.zip(trial) else { return Ok(now(json(put(call.place, &change)?))) };
    let (organization, location) = (organization.clone(), call.place.location);
    let tried = trier(Trial { organization, location, url: url.clone(), token: Secret::new(token) });
    let (place, directory) = (call.place.clone(), directory.clone());
    Ok(Reply::Later(Box::pin(async move {
        let outcome = tried.await.map_err(|why| {
            let why = format!("{url} did not take the test: {why}");
            ContentRefused::new(ContentRefusal::NotificationUnreachable, why).into()
        });
        let mut said = match outcome.and_then(|()| put(&place, &change)) {
            Ok(body) => Said::plainly(json(body)),
            Err(refused) => errors::said(Some(&place.organization), refused),
        };
        edge::leave(&directory, Some(&place.organization), &mut said.response);
        said
    })))
}

fn read(call: &Call<'_>) -> Result<ConfigurationChange, Refused> {
    let body: Body = wire::read(&call.request.body)?;
    let kind = |name: &String| {
        let unknown = || Refused::argument(format!("there is no notification type `{name}`"));
        Notification::from_name(name).ok_or_else(unknown)
    };
    let types = body.notification_types.map(|types| types.iter().map(kind).collect::<Result<_, _>>()).transpose()?;
    Ok(ConfigurationChange {
        mdm_info: body.mdm_info.map(|Object(info)| (info.id, info.name, info.metadata)),
        notification_url: body.notification_url,
        notification_token: body.notification_auth_token,
        notification_types: types,
    })
}

/// Makes the change in the configuration as it is now.
fn put(place: &ContentTokenPlace, change: &ConfigurationChange) -> Result<Vec<u8>, Refused> {
    place.organization.write(|books, now| {
        let limits = books.limits(place.location);
        let changed = books.content.location(place.location).changed_configuration(change, &limits)?;
        books.content.location_mut(place.location).configuration = changed;
        let location = books.content.location(place.location);
        Ok(wire::client_config(books, location, wire::Common::of(books, place, now)))
    })
}
