//! What is told of contracts, deliverables, payments and outreach. Of the creator's side whoever claimed the entry of the directory is told.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new("contract.sent", To::Claimant, Type::ContractSent, |facts| {
        let other = &facts.other;
        Texts::new(
            ("A contract to sign", format!("{other} offers you a contract: read it and sign")),
            ("Un contrato por firmar", format!("{other} te ofrece un contrato: léelo y fírmalo")),
        )
    }),
    Row::new("contract.signed", To::Workspace, Type::ContractSigned, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract signed", format!("The contract with {other} is signed by both sides")),
            ("Contrato firmado", format!("El contrato con {other} está firmado por ambas partes")),
        )
    }),
    Row::new("contract.signed", To::Claimant, Type::ContractSigned, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract signed", format!("Your contract with {other} is signed by both sides")),
            ("Contrato firmado", format!("Tu contrato con {other} está firmado por ambas partes")),
        )
    }),
    Row::new("contract.completed", To::Claimant, Type::ContractCompleted, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract fulfilled", format!("Your contract with {other} is fulfilled")),
            ("Contrato cumplido", format!("Tu contrato con {other} está cumplido")),
        )
    }),
    Row::new("contract.cancelled", To::Claimant, Type::ContractEnded, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract called off", format!("The contract with {other} was called off")),
            ("Contrato anulado", format!("El contrato con {other} se ha anulado")),
        )
    }),
    Row::new("contract.expired", To::Workspace, Type::ContractEnded, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract expired", format!("The contract with {other} was not signed in time")),
            ("Contrato caducado", format!("El contrato con {other} no se firmó a tiempo")),
        )
    }),
    Row::new("contract.expired", To::Claimant, Type::ContractEnded, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Contract expired", format!("The contract that {other} offered you was not signed in time")),
            ("Contrato caducado", format!("El contrato que te ofreció {other} no se firmó a tiempo")),
        )
    }),
    Row::new("contract.amendment_proposed", To::Claimant, Type::ContractAmendment, |facts| {
        let other = &facts.other;
        Texts::new(
            ("An amendment to sign", format!("{other} proposes other terms for your contract")),
            ("Un cambio por firmar", format!("{other} propone otros términos para tu contrato")),
        )
    }),
    Row::new("contract.amended", To::Workspace, Type::ContractAmendment, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Amendment in force", format!("The new terms with {other} are signed by both sides")),
            ("Cambio en vigor", format!("Los nuevos términos con {other} están firmados por ambas partes")),
        )
    }),
    Row::new("deliverable.submitted", To::Workspace, Type::DeliverableUpdated, |facts| {
        let other = &facts.other;
        Texts::new(
            ("A deliverable to review", format!("{other} handed in a deliverable")),
            ("Un entregable por revisar", format!("{other} ha entregado su trabajo")),
        )
    })
    .first(20),
    Row::new("deliverable.approved", To::Claimant, Type::DeliverableUpdated, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Deliverable accepted", format!("{other} accepted what you handed in")),
            ("Entregable aceptado", format!("{other} ha aceptado lo que entregaste")),
        )
    }),
    Row::new("deliverable.sent_back", To::Claimant, Type::DeliverableUpdated, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Deliverable sent back", format!("{other} asks for changes to what you handed in")),
            ("Entregable devuelto", format!("{other} pide cambios en lo que entregaste")),
        )
    }),
    Row::new("deliverable.late", To::Claimant, Type::DeliverableUpdated, |facts| {
        let other = &facts.other;
        Texts::new(
            ("A deliverable is late", format!("A deliverable for {other} was due and is awaited")),
            ("Un entregable va con retraso", format!("{other} espera un entregable cuyo plazo ha pasado")),
        )
    }),
    Row::new("payment.due", To::Workspace, Type::PaymentDue, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("A payment is due", format!("{money} to {other} are due")),
            ("Un pago ha vencido", format!("Debes pagar {money} a {other}")),
        )
    })
    .first(20),
    Row::new("payment.completed", To::Claimant, Type::PaymentCompleted, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("You were paid", format!("{other} paid {money}")),
            ("Te han pagado", format!("{other} ha pagado {money}")),
        )
    }),
    Row::new("payment.paid_out", To::Claimant, Type::PaymentPaidOut, |facts| {
        let money = facts.money();
        Texts::new(
            ("Your money is on its way", format!("Your share of {money} was sent to your account")),
            ("Tu dinero está en camino", format!("Tu parte de {money} se ha enviado a tu cuenta")),
        )
    }),
    Row::new("payment.failed", To::Workspace, Type::PaymentFailed, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("A payment failed", format!("{money} to {other} were not paid")),
            ("Un pago ha fallado", format!("No se pagaron {money} a {other}")),
        )
    }),
    Row::new("payment.payout_failed", To::Claimant, Type::PaymentFailed, |facts| {
        let money = facts.money();
        Texts::new(
            ("A payout failed", format!("Your share of {money} could not be sent: check your account for payouts")),
            ("Un cobro ha fallado", format!("No se pudo enviar tu parte de {money}: revisa tu cuenta de cobro")),
        )
    }),
    Row::new("payment.refunded", To::Claimant, Type::PaymentRefunded, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("Money went back", format!("Of {money} a part or all went back to {other}")),
            ("Devolución", format!("De {money}, una parte o todo ha vuelto a {other}")),
        )
    }),
    Row::new("payment.disputed", To::Workspace, Type::PaymentDisputed, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("A payment is disputed", format!("{money} to {other} are disputed at the bank")),
            ("Un pago en disputa", format!("Se disputan en el banco {money} a {other}")),
        )
    }),
    Row::new("payment.disputed", To::Claimant, Type::PaymentDisputed, |facts| {
        let (other, money) = (&facts.other, facts.money());
        Texts::new(
            ("A payment is disputed", format!("{money} that {other} paid you are disputed at the bank")),
            ("Un pago en disputa", format!("Se disputan en el banco {money} que te pagó {other}")),
        )
    }),
    Row::new("outreach.replied", To::Workspace, Type::OutreachReplied, |facts| {
        let other = &facts.other;
        Texts::new(
            ("An answer", format!("{other} answered your mail")),
            ("Una respuesta", format!("{other} ha respondido a tu correo")),
        )
    })
    .first(20),
    Row::new("outreach.bounced", To::Workspace, Type::OutreachBounced, |facts| {
        let other = &facts.other;
        Texts::new(
            ("A mail came back", format!("Your mail to {other} could not be delivered")),
            ("Un correo devuelto", format!("Tu correo a {other} no se pudo entregar")),
        )
    })
    .first(3),
];
