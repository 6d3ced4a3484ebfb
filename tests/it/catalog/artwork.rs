//! Icons.

use crate::actors::{Developer, World};

fn side(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn an_icon_has_the_size_that_is_asked_for_within_bounds() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    for (file, expected) in
        [("60x60bb.png", 60), ("512x512bb.png", 512), ("100x300bb.png", 100), ("9000x9000bb.png", 1_024)]
    {
        let (status, kind, picture) =
            developer.download(&format!("{}/image/thumb/v4/361309726/{file}", world.url())).await;
        assert_eq!((status, kind.as_str(), side(&picture)), (200, "image/png", (expected, expected)), "{file}");
    }
}

#[tokio::test]
async fn an_icon_is_a_png_whatever_format_is_asked_for_and_always_the_same() {
    let (world, other) = (World::small().await, World::small().await);
    let developer = Developer::of(&world);
    let icon = async |world: &World, file: &str| {
        let (status, kind, picture) =
            developer.download(&format!("{}/image/thumb/v4/361309726/{file}", world.url())).await;
        assert_eq!((status, kind.as_str()), (200, "image/png"));
        picture
    };
    assert_eq!(icon(&world, "64x64bb.png").await, icon(&other, "64x64bb.jpg").await);
}

#[tokio::test]
async fn what_is_no_icon_is_not_found() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    for path in ["361309726/64x64bb.gif", "361309726/0x0bb.png", "361309726/icon.png", "pages/64x64bb.png"] {
        let (status, _, body) = developer.download(&format!("{}/image/thumb/v4/{path}", world.url())).await;
        assert_eq!((status, body.len()), (404, 0), "{path}");
    }
}
