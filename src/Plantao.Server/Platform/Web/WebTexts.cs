using Plantao.Platform.Text;

namespace Plantao.Platform.Web;

/// <summary>The words of the shell and of the states that every screen has, in both languages.</summary>
public static class WebTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["skip"] = ("Skip to content", "Pular para o conteúdo"),
        ["nav"] = ("Main navigation", "Navegação principal"),
        ["nav.respond"] = ("Respond", "Responder"),
        ["nav.learn"] = ("Learn", "Aprender"),
        ["nav.configure"] = ("Configure", "Configurar"),
        ["nav.shortcuts"] = ("Shortcuts", "Atalhos"),
        ["nav.more"] = ("More", "Mais"),
        ["crumbs"] = ("Path", "Caminho"),
        ["jump"] = ("On this screen", "Nesta tela"),
        ["acts"] = ("What you can do", "O que você pode fazer"),
        ["acts.more"] = ("More acts", "Mais ações"),
        ["account"] = ("Your account", "Sua conta"),
        ["zone"] = ("{0} in {1} ({2})", "{0} em {1} ({2})"),
        ["error.fields"] = ("Look at these fields:", "Veja estes campos:"),
        ["error.nothing-saved"] = ("Nothing was saved.", "Nada foi salvo."),
        ["field.needed"] = ("This is needed.", "É preciso preencher."),
        ["live.offline"] = ("No connection since {0}.", "Sem conexão desde {0}."),
        ["live.offline.text"] = ("What you see is from then. The link in your message still acknowledges.", "O que você vê é de então. O link da sua mensagem ainda reconhece."),
        ["live.new"] = ("{0} new · show", "{0} novos · mostrar"),
        ["live.changed"] = ("Changed since you opened it · show", "Mudou desde que você abriu · mostrar"),
        ["failed"] = ("This page failed. Paging did not.", "Esta página falhou. O acionamento, não."),
        ["failed.text"] = ("The fault is recorded as {0}. Acknowledge by the link in your message, or with plantao alert ack.", "A falha está registrada como {0}. Reconheça pelo link da sua mensagem ou com plantao alert ack."),
        ["unsaved"] = ("Not saved.", "Não foi salvo."),
        ["unsaved.text"] = ("The database is not answering, and nothing was kept. Try again, or acknowledge by the link in your message.", "O banco de dados não responde e nada foi guardado. Tente de novo ou reconheça pelo link da sua mensagem."),
        ["again"] = ("Try again", "Tentar de novo"),
        ["go.first"] = ("Go to the first screen", "Ir para a primeira tela"),
        ["go.back"] = ("Back", "Voltar"),
        ["missing"] = ("There is nothing here", "Não há nada aqui"),
        ["missing.text"] = ("It was removed, the address is mistyped, or it is not yours to see.", "Foi removido, o endereço tem um erro ou não é seu para ver."),
        ["refused"] = ("You can see this, not change it.", "Você pode ver isto, não mudar."),
        ["refused.screen"] = ("This is not yours to open.", "Esta tela não é para você."),
        ["refused.text"] = ("Ask an Admin, or a Manager of the team whose it is.", "Peça a um Admin ou a quem gerencia o time."),
        ["gone"] = ("This has ended", "Isto terminou"),
        ["form.expired"] = ("This form is from before you signed in. Nothing was done.", "Este formulário é de antes da sua entrada. Nada foi feito."),
        ["form.expired.text"] = ("Open the screen again and repeat it.", "Abra a tela de novo e repita."),
        ["not-done"] = ("Not done.", "Não foi feito."),
        ["theme"] = ("Theme", "Tema"),
        ["theme.system"] = ("As the system", "Como o sistema"),
        ["theme.light"] = ("Light", "Claro"),
        ["theme.dark"] = ("Dark", "Escuro"),
        ["other-language"] = ("Português", "English"),
        ["diff.added"] = ("added: ", "adicionada: "),
        ["diff.removed"] = ("removed: ", "removida: "),
    });
}
