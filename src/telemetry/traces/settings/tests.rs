//! What the variables mean.

use super::*;

fn read(variables: &[(&str, &str)]) -> (Option<Settings>, Vec<String>) {
    Settings::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/");

#[test]
fn nothing_is_sent_unless_somebody_asks() {
    for variables in [
        &[][..],
        &[("OTEL_SERVICE_NAME", "x")],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "True")],
        &[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
    ] {
        let (settings, odd) = read(variables);
        assert!(settings.is_none() && odd.is_empty(), "{variables:?} {odd:?}");
    }
}

#[test]
fn the_endpoint_of_all_signals_gets_a_path_and_that_of_traces_stays() {
    let url = |variables: &[(&str, &str)]| read(variables).0.unwrap().url;
    assert_eq!(url(&[ENDPOINT]), "http://collector:4318/v1/traces");
    let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://other:1/in");
    assert_eq!(url(&[ENDPOINT, own]), "http://other:1/in");
    assert_eq!(url(&[("OTEL_TRACES_EXPORTER", "otlp")]), "http://localhost:4318/v1/traces");
}

#[test]
fn what_is_not_spoken_is_said() {
    for (variable, telling, traced) in [
        (("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), "http/json", true),
        (("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"), "http/json", true),
        (("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), "uncompressed", true),
        (("OTEL_TRACES_EXPORTER", "zipkin"), "otlp or none", false),
        (("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317"), "no http://", false),
        (("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://me:secret@collector"), "that is set", false),
        (("OTEL_TRACES_EXPORTER", "otlp,console"), "\"console\"", true),
        (("OTEL_TRACES_SAMPLER", "jaeger_remote"), "always_on", true),
        (("OTEL_BSP_SCHEDULE_DELAY", "soon"), "5000", true),
        (("OTEL_EXPORTER_OTLP_HEADERS", "a b=secret"), "\"a b\"", true),
    ] {
        let (settings, odd) = read(&[ENDPOINT, variable]);
        assert_eq!(settings.is_some(), traced, "{variable:?}");
        assert!(odd.len() == 1 && odd[0].contains(telling) && !odd[0].contains("secret"), "{odd:?}");
    }
}

#[test]
fn everything_can_be_said() {
    let (settings, odd) = read(&[
        ENDPOINT,
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b,x-team = mdm"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "500"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=ignored,deployment.environment.name=ci%2Fmain"),
        ("OTEL_SERVICE_NAME", "apple"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "10"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50"),
    ]);
    assert_eq!(odd, Vec::<String>::new());
    let settings = settings.unwrap();
    assert_eq!(
        (&settings.headers["api-key"], &settings.headers["x-team"]),
        (&"a b".parse().unwrap(), &"mdm".parse().unwrap())
    );
    assert_eq!(settings.timeout, Duration::from_millis(500));
    assert_eq!(settings.sampler, Sampler { ratio: 0.25, parent_based: true });
    assert_eq!(settings.batching, Batching { delay: Duration::from_millis(100), queue: 10, batch: 10 });
    let of = |key: &str| {
        settings.resource.iter().filter(|(known, _)| known == key).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("service.name"), ["apple"]);
    assert_eq!(of("deployment.environment.name"), ["ci/main"]);
    assert!(!format!("{settings:?}").contains("a b"), "headers are secrets");
}
