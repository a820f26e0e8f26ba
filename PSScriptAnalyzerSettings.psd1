@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # Variables of BeforeAll are used in It, which the rule does not see.
        'PSUseDeclaredVarsMoreThanAssignments'
        # Functions of the project's own scripts have a line of comment, where their name does not say all.
        'PSProvideCommentHelp'
    )
    Rules        = @{
        PSUseCompatibleSyntax      = @{ Enable = $true; TargetVersions = @('7.4') }
        PSPlaceOpenBrace           = @{ Enable = $true; OnSameLine = $true }
        PSPlaceCloseBrace          = @{ Enable = $true }
        PSUseConsistentIndentation = @{ Enable = $true; IndentationSize = 4 }
        PSUseConsistentWhitespace  = @{ Enable = $true; IgnoreAssignmentOperatorInsideHashTable = $true }
    }
}
