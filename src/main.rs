//! The `abmsim` program.
use abmsim::scenario::SourceFile;
use abmsim::simulator::{Certificates, Settings, Simulator};

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let file = args
        .iter()
        .skip(1)
        .find(|a| a.ends_with(".yaml"))
        .map_or_else(SourceFile::default_scenario, |p| SourceFile::open(p.as_ref()).unwrap());
    let listen = args.iter().position(|a| a == "--listen").map_or("127.0.0.1:8443".to_owned(), |i| args[i + 1].clone());
    let s = Settings {
        listen: listen.parse().unwrap(),
        certificates: Certificates::Kept("certs".into()),
        ..Settings::default()
    };
    match Simulator::start(s, &[file]).await {
        Ok(sim) => {
            println!("abmsim ready {}", sim.url());
            tokio::signal::ctrl_c().await.unwrap();
        }
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(e.exit_code().into())
        }
    }
}
