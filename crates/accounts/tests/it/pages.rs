//! The links of mails, as a browser follows them.

use axum::http::Method;
use testkit::{FreshDb, Reply, both_engines};

use crate::world::{PASSWORD, World};

const NEW: &str = "NewPassword456!";
const FORM: &str = "application/x-www-form-urlencoded";

async fn send(world: &World, path: &str, form: &str) -> Reply {
    world.clock.advance(kernel::time::SECOND);
    world.client.clone().with("accept", "text/html").raw(Method::POST, path, FORM, form.to_owned()).await
}

fn is_page(reply: &Reply, status: u16, words: &str) {
    assert_eq!((reply.status, reply.header("content-type")), (status, "text/html; charset=utf-8"), "{}", reply.text());
    assert!(reply.text().contains(words), "{words}: {}", reply.text());
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
}

#[both_engines]
async fn an_address_is_confirmed_by_the_mailed_link(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    let token = world.tokens(&ana.email).await.remove(0);
    let link = format!("/verify-email?token={token}");
    for _ in 0..2 {
        let page = world.client.get(&link).await;
        is_page(
            &page,
            200,
            &format!(
                "<form method=\"post\" action=\"/verify-email\"><input type=\"hidden\" name=\"token\" value=\"{token}\">"
            ),
        );
    }
    assert_eq!(ana.me().await.ok()["is_verified"], false, "looking at the page confirms nothing");
    is_page(&send(&world, "/verify-email", &format!("token={token}")).await, 200, "This address is yours");
    ana.me().await.refused(401);
    assert_eq!(world.log_in("ana").await.me().await.ok()["is_verified"], true);
    is_page(&send(&world, "/verify-email", &format!("token={token}")).await, 400, "ask for another mail");
    is_page(&send(&world, "/verify-email", "").await, 422, "token: is missing");
    is_page(&send(&world, "/verify-email", "token=%ff").await, 400, "could not be confirmed");
    for cut in ["/verify-email", "/verify-email?token=", "/reset-password?tok"] {
        is_page(&world.client.clone().with("accept", "text/html").get(cut).await, 400, "not whole");
        world.client.get(cut).await.refused(400);
    }
    let nasty = world.client.get("/reset-password?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    is_page(&nasty, 200, "&quot;&gt;&lt;script&gt;");
    let unknown = world.client.clone().with("accept", "text/html").get("/invitations/accept?token=ifi_abc").await;
    is_page(&unknown, 400, "not valid, or not any more");
}

#[both_engines]
async fn a_password_is_set_anew_by_the_mailed_link(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let ana = world.someone("ana").await;
    is_page(&world.client.get("/forgot-password").await, 200, "Your e-mail address");
    let told = send(&world, "/forgot-password", "email=ana%40example.com").await;
    is_page(&told, 200, "is on its way");
    let nobody = send(&world, "/forgot-password", "email=nobody%40example.com").await;
    assert_eq!(told.text(), nobody.text());
    is_page(&send(&world, "/forgot-password", "email=ana").await, 422, "email: ");
    world.work().await;
    let token = world.tokens(&ana.email).await.pop().unwrap();
    is_page(&world.client.get(&format!("/reset-password?token={token}")).await, 200, "type=\"password\"");
    is_page(&send(&world, "/reset-password", &format!("token={token}&password=short")).await, 422, "password: ");
    let form = format!("token={token}&password={NEW}");
    is_page(&send(&world, "/reset-password", &form).await, 200, "Your new password is set");
    is_page(&send(&world, "/reset-password", &form).await, 400, "not good any more");
    world.try_log_in(&ana.email, PASSWORD).await.refused(401);
    world.try_log_in(&ana.email, NEW).await.ok();
}

#[both_engines]
async fn an_invitation_is_accepted_on_its_page(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.register("boss", "BUSINESS").await;
    let mut tx = world.db().write().await.unwrap();
    tx.execute("UPDATE accounts SET is_verified = $1 WHERE username = 'boss'", db::args![true]).await.unwrap();
    tx.commit().await.unwrap();
    let boss = world.log_in("boss").await;
    let invite = async |name: &str| {
        world.clock.advance(kernel::time::SECOND);
        let email = format!("{name}@example.com");
        let body = serde_json::json!({"email": email, "role": "manager"});
        assert_eq!(boss.client.post("/api/v1/workspace/invitations", &body).await.status, 201);
        world.tokens(&email).await.pop().unwrap()
    };
    // Nobody has the address yet: the link shows that it is theirs, and the page makes the account.
    let token = invite("bo").await;
    for _ in 0..2 {
        let page = world.client.get(&format!("/invitations/accept?token={token}")).await;
        is_page(&page, 200, "Sign up and accept");
        assert!(page.text().contains("bo@example.com") && !page.text().contains("JSON"), "{}", page.text());
    }
    let form = |token: &str, password: &str| format!("token={token}&password={password}");
    is_page(&send(&world, "/invitations/accept", &form(&token, "short")).await, 422, "password: ");
    is_page(&send(&world, "/invitations/accept", &form(&token, NEW)).await, 200, "You are in boss now");
    is_page(&send(&world, "/invitations/accept", &form(&token, NEW)).await, 400, "not valid, or not any more");
    let bo = world.log_in_with("bo", NEW).await;
    assert_eq!(bo.me().await.ok()["is_verified"], true);
    assert_eq!(bo.client.get("/api/v1/workspace").await.ok()["role"], "manager");
    // Somebody has it: their password says that it is them, and the link proves the address.
    world.register("cyd", "BUSINESS").await;
    let token = invite("cyd").await;
    is_page(&world.client.get(&format!("/invitations/accept?token={token}")).await, 200, "Log in and accept");
    is_page(&send(&world, "/invitations/accept", &form(&token, NEW)).await, 401, "The password is wrong");
    is_page(&send(&world, "/invitations/accept", &form(&token, PASSWORD)).await, 200, "You are in boss now");
    assert_eq!(world.log_in("cyd").await.client.get("/api/v1/workspace").await.ok()["role"], "manager");
    // A creator has no workspace.
    world.register("dee", "CREATOR").await;
    let token = invite("dee").await;
    is_page(&send(&world, "/invitations/accept", &form(&token, PASSWORD)).await, 403, "Only a business");
}
